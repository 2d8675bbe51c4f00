//! A kernel configuration: the `.config` file as symbols and values.

use rustc_hash::FxHashMap;

/// A kernel configuration. Symbols are kept without `CONFIG_`.
#[derive(Debug, Clone, Default)]
pub struct Config {
    values: FxHashMap<String, String>,
}

impl Config {
    /// Reads a `.config`: lines `CONFIG_X=y|m|value`; comments, among them `# CONFIG_X is not set`, set nothing.
    pub fn parse(text: &str) -> Self {
        let mut values = FxHashMap::default();
        for line in text.lines() {
            if let Some((name, value)) = line.trim().strip_prefix("CONFIG_").and_then(|l| l.split_once('='))
                && value != "n"
            {
                values.insert(name.to_owned(), value.to_owned());
            }
        }
        Config { values }
    }

    /// Whether no symbol is set: then the text was no `.config`.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What the gcc that Kconfig found predefines as `__GNUC__`, `__GNUC_MINOR__` or `__GNUC_PATCHLEVEL__`;
    /// `CONFIG_GCC_VERSION` is 0 for another compiler (scripts/cc-version.sh).
    pub fn gcc_version(&self, name: &str) -> Option<u32> {
        let divisor = match name {
            "__GNUC__" => 10_000,
            "__GNUC_MINOR__" => 100,
            "__GNUC_PATCHLEVEL__" => 1,
            _ => return None,
        };
        let version: u32 = self.get("GCC_VERSION")?.parse().ok()?;
        (version > 0).then_some(version / divisor % 100)
    }

    /// The value of a symbol: `y`, `m`, a number or a quoted string; `None` if it is not set.
    pub fn get(&self, symbol: &str) -> Option<&str> {
        self.values.get(symbol).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_compiler() {
        let part = |text: &str, name| Config::parse(text).gcc_version(name);
        let text = "CONFIG_GCC_VERSION=150301";
        assert_eq!(part(text, "__GNUC__"), Some(15));
        assert_eq!(part(text, "__GNUC_MINOR__"), Some(3));
        assert_eq!(part(text, "__GNUC_PATCHLEVEL__"), Some(1));
        assert_eq!(part(text, "__clang__"), None);
        assert_eq!(part("CONFIG_GCC_VERSION=0", "__GNUC__"), None);
    }

    #[test]
    fn reads_what_kconfig_writes() {
        let config = Config::parse(
            "# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_C=m\nCONFIG_D=0x10\nCONFIG_E=\"a=b\"\nCONFIG_F=n\n",
        );
        let want = [
            ("A", None),
            ("B", Some("y")),
            ("C", Some("m")),
            ("D", Some("0x10")),
            ("E", Some("\"a=b\"")),
            ("F", None),
        ];
        for (symbol, value) in want {
            assert_eq!(config.get(symbol), value, "{symbol}");
        }
    }
}
