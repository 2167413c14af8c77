use std::path::{Path, PathBuf};

use crate::api::{codes, openapi};

/// Holds a committed file to what it is made of; `CAUSEWAY_REGENERATE=1` writes it.
fn committed(name: &str, current: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(name);
    if std::env::var_os("CAUSEWAY_REGENERATE").is_some() {
        std::fs::write(&path, current).expect("the file is written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == current,
        "docs/{name} is not what the code says: run the test with CAUSEWAY_REGENERATE=1"
    );
}

#[test]
fn committed_openapi_is_current() {
    committed("openapi.json", &openapi::text().expect("a document"));
}

#[test]
fn committed_table_of_codes_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.md");
    let document = std::fs::read_to_string(path).expect("docs/api.md");
    let (begin, end) = ("<!-- codes: made of the code -->\n", "<!-- codes end -->\n");
    let (before, rest) = document.split_once(begin).expect("the begin of the table");
    let (_, after) = rest.split_once(end).expect("the end of the table");
    committed("api.md", &format!("{before}{begin}{}{end}{after}", codes()));
}

#[test]
fn every_route_is_described_and_counted() {
    let described = openapi::openapi();
    let source = include_str!("../mod.rs");
    let routes = source.split(".route(").skip(1);
    let routes: Vec<&str> = routes.filter_map(|rest| rest.split('"').nth(1)).collect();
    assert!(routes.len() > 20);
    for route in routes {
        assert_eq!(
            super::super::serve::route(route),
            route,
            "it is counted under its own name"
        );
        if ["/", "/json-rpc", "/openapi.json", "/metrics"].contains(&route) {
            continue;
        }
        assert!(
            described.paths.paths.contains_key(route),
            "{route} is not in openapi.rs"
        );
    }
}
