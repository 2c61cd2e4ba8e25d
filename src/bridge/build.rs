//! Turns the tray's icons into pixels, so that the program needs no decoder for them.

use std::error::Error;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

const ICONS: [&str; 6] = ["no-reader", "ready", "card", "working", "attention", "test-card"];
const SIZES: [u32; 4] = [16, 22, 32, 48];

fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).ok_or("not run by cargo");
    let drawings = variable("CARGO_MANIFEST_DIR")?.join("../../assets/icons/tray");
    let pixels = variable("OUT_DIR")?;
    println!("cargo::rerun-if-changed={}", drawings.display());
    for icon in ICONS {
        for size in SIZES {
            let drawing = drawings.join(format!("{icon}-{size}.png"));
            let rgba = decoded(&drawing, size).map_err(|error| format!("{}: {error}", drawing.display()))?;
            fs::write(pixels.join(format!("{icon}-{size}.rgba")), rgba)?;
        }
    }
    Ok(())
}

fn decoded(drawing: &Path, size: u32) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut reader = png::Decoder::new(BufReader::new(File::open(drawing)?)).read_info()?;
    let mut rgba = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let frame = reader.next_frame(&mut rgba)?;
    let found = (frame.width, frame.height, frame.color_type, frame.bit_depth);
    if found != (size, size, png::ColorType::Rgba, png::BitDepth::Eight) {
        return Err(format!("it should be a square of {size} pixels with 8 bits of red, green, blue and alpha").into());
    }
    Ok(rgba)
}
