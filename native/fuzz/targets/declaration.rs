//! C declarations, parameters and functions, as fragments.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tpabi_core::fragment::{declarations, function_body, locals, parameters, type_named};
use tree_sitter::Node;

/// What is asked of every node of a function; fuzzed text is small enough to walk its tree without a bound.
fn visit(node: Node, text: &str) {
    match node.kind() {
        "declaration" => drop(locals(node, text)),
        "type_descriptor" => drop(type_named(node, text)),
        _ => {}
    }
    let mut cursor = node.walk();
    for child in node.named_children(&mut cursor) {
        visit(child, text);
    }
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    declarations(&text);
    parameters(&text);
    if let Some((tree, text)) = function_body(&text) {
        visit(tree.root_node(), &text);
    }
});
