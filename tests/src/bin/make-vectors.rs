//! Writes `assets/vectors` anew, with fresh keys that end with this program.
//! Run it after a row was added or altered: `cargo run -p e2e --bin make-vectors`.
#![forbid(unsafe_code)]

use std::fs;
use std::path::Path;

fn main() -> e2e::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/vectors");
    let mut count = 0;
    for (name, group) in e2e::vectors::make()? {
        count += group.vectors.len();
        fs::write(folder.join(format!("{name}.json")), serde_json::to_string_pretty(&group)? + "\n")?;
    }
    let documents = e2e::vectors::make_documents()?;
    count += documents.vectors.len();
    fs::create_dir_all(folder.join("documents"))?;
    fs::write(folder.join("documents/vectors.json"), serde_json::to_string_pretty(&documents)? + "\n")?;
    println!("wrote {count} vectors to {}", folder.display());
    Ok(())
}
