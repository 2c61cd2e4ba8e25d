//! What the icons look like, as pixels in the program. The build script made them of the drawings in `assets/icons`.

use super::face::Icon;

/// An icon in one size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture {
    /// How wide and how high it is, in pixels.
    pub(super) size: u32,
    /// Red, green, blue and alpha of each pixel, line by line.
    pub(super) rgba: &'static [u8],
}

macro_rules! sizes {
    ($name:literal: $($size:literal)*) => {
        &[$(Picture { size: $size, rgba: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, "-", $size, ".rgba")) }),*]
    };
}

/// The icon, from small to large: for panels of all heights, and screens with twice the pixels.
pub(super) fn pictures(icon: Icon) -> &'static [Picture; 4] {
    match icon {
        Icon::NoReader => sizes!("no-reader": 16 22 32 48),
        Icon::Ready => sizes!("ready": 16 22 32 48),
        Icon::Card => sizes!("card": 16 22 32 48),
        Icon::Working => sizes!("working": 16 22 32 48),
        Icon::Attention => sizes!("attention": 16 22 32 48),
        Icon::TestCard => sizes!("test-card": 16 22 32 48),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_has_its_pixels_and_no_two_are_alike() {
        let icons = [Icon::NoReader, Icon::Ready, Icon::Card, Icon::Working, Icon::Attention, Icon::TestCard];
        let mut all: Vec<_> = icons.iter().flat_map(|icon| pictures(*icon)).collect();
        for picture in &all {
            assert_eq!(picture.rgba.len(), 4 * (picture.size * picture.size) as usize);
        }
        let count = all.len();
        all.sort_by_key(|picture| picture.rgba);
        all.dedup_by_key(|picture| picture.rgba);
        assert_eq!(all.len(), count);
    }
}
