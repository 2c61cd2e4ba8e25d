//! Writes the documents of the protocol to `assets/protocol/`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/protocol");
    std::fs::create_dir_all(&folder)?;
    for (name, document) in jpki_protocol::schema::documents() {
        std::fs::write(folder.join(name), jpki_protocol::schema::text(&document))?;
    }
    Ok(())
}
