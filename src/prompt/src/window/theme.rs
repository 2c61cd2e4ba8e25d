//! The colours, as numbers: enough contrast for eyes that need it (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::BTreeMap;

const THEME: &str = include_str!("../../ui/theme.slint");

/// Each colour by its name, in the dark scheme and in the light one.
fn colours() -> BTreeMap<&'static str, [[u8; 3]; 2]> {
    let colour = |text: &str| {
        let number = u32::from_str_radix(text.trim().strip_prefix('#').unwrap(), 16).unwrap();
        let [0, rgb @ ..] = number.to_be_bytes() else { panic!("{text} is no opaque colour") };
        rgb
    };
    let line = |line: &'static str| {
        let (name, values) = line.trim().strip_prefix("out property <color> ")?.split_once(": dark ? ")?;
        let (dark, light) = values.strip_suffix(';')?.split_once(" : ")?;
        Some((name, [colour(dark), colour(light)]))
    };
    let colours: BTreeMap<_, _> = THEME.lines().filter_map(line).collect();
    assert_eq!(colours.len(), THEME.matches("property <color>").count(), "a colour in another form");
    colours
}

/// Relative luminance (WCAG 2.2, section 6).
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Every text on every ground it stands on.
const TEXTS: [(&str, &[&str]); 9] = [
    ("text", &["ground", "panel"]),
    ("quiet", &["ground", "panel", "line"]),
    ("key", &["ground", "hover"]),
    ("on-key", &["key", "key-hover", "key-press"]),
    ("bad", &["ground"]),
    ("warn-text", &["warn-ground"]),
    ("good", &["ground"]),
    ("panel", &["good", "bad"]),
    ("ground", &["text"]),
];

/// Every border, ring, sign and bar, on what is beside it.
const SHAPES: [(&str, &[&str]); 8] = [
    ("edge", &["ground", "panel"]),
    ("key", &["ground", "panel", "line"]),
    ("focus", &["ground"]),
    ("text", &["ground", "panel"]),
    ("good", &["ground", "panel"]),
    ("bad", &["ground", "panel"]),
    ("warn", &["ground"]),
    ("quiet", &["ground"]),
];

#[test]
fn every_text_and_every_shape_stands_out_from_its_ground() {
    let colours = colours();
    for (pairs, least) in [(&TEXTS[..], 4.5), (&SHAPES[..], 3.0)] {
        for (ink, grounds) in pairs {
            for ground in *grounds {
                for scheme in 0..2 {
                    let found = contrast(colours[ink][scheme], colours[ground][scheme]);
                    let name = ["dark", "light"][scheme];
                    assert!(found >= least, "{ink} on {ground}, {name}: {found:.2}:1 is less than {least}:1");
                }
            }
        }
    }
}

#[test]
fn no_colour_is_left_unmeasured() {
    let measured = |name: &str| {
        [&TEXTS[..], &SHAPES].concat().iter().any(|(ink, grounds)| *ink == name || grounds.contains(&name))
    };
    let forgotten: Vec<_> = colours().into_keys().filter(|name| !measured(name)).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}

#[test]
fn the_measure_is_that_of_the_guidelines() {
    let [black, white, grey] = [0, 255, 0x77].map(|part| [part; 3]);
    assert_eq!(contrast(black, white), 21.0);
    assert!((contrast(grey, white) - 4.48).abs() < 0.005, "the grey that just fails");
}

/// Whoever is made ill by motion needs no setting for a window in which there is none (WCAG 2.2, 2.2.2 and 2.3.3).
#[test]
fn nothing_moves_by_itself() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/ui");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        files += 1;
        for word in ["animate", "animation", "Timer", "Spinner", "transitions"] {
            assert!(!text.contains(word), "{word} in {}", path.display());
        }
    }
    assert!(files > 5, "the files are elsewhere");
}
