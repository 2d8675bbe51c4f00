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

    /// The value of a symbol: `y`, `m`, a number or a quoted string; `None` if it is not set.
    pub fn get(&self, symbol: &str) -> Option<&str> {
        self.values.get(symbol).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
