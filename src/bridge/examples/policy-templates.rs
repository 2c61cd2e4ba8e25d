//! Writes the documents for administrators to `assets/policy/`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/policy");
    for (name, document) in jpki_bridge::policy_documents() {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, document)?;
    }
    Ok(())
}
