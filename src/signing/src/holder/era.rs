//! The eras of birth dates and the days they span.

/// First and last day, `YYYYMMDD`, of the eras 1 Meiji to 5 Reiwa.
///
/// Meiji counts from New Year's Day of its first year (改元の詔, 1868). Taisho and Showa were proclaimed for "the day
/// and after" (詔書 of 1912-07-30 and of 1926-12-25): whoever was born on such a day before the proclamation was
/// registered in the old era, whoever came after it in the new one, so these two days belong to both. Heisei
/// (昭和64年政令第1号) and Reiwa (平成31年政令第143号) began with a midnight, and no day belongs to two.
const ERAS: [(u8, &str, &str); 5] = [
    (b'1', "18680125", "19120730"),
    (b'2', "19120730", "19261225"),
    (b'3', "19261225", "19890107"),
    (b'4', "19890108", "20190430"),
    (b'5', "20190501", "99999999"),
];

/// Whether a date of eight digits can lie in the era. Unknown parts (zeros) can be anything, and so can any date in an
/// era without an entry.
pub(super) fn agrees(era: u8, date: &str) -> bool {
    let Some((_, first, last)) = ERAS.into_iter().find(|(digit, ..)| *digit == era) else { return true };
    let (year, day) = date.split_at(4);
    let (month, day) = day.split_at(2);
    // Of every unknown part the least and the most that it can be; digits compare as the numbers they write.
    let fill = |part: &str, most: &str| {
        if part.bytes().all(|digit| digit == b'0') { most.to_owned() } else { part.to_owned() }
    };
    let latest = [fill(year, "9999"), fill(month, "99"), fill(day, "99")].concat();
    *first <= *latest && (*date <= *last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_era_has_its_days_and_no_others() {
        for (era, date, expected) in [
            (b'1', "18680124", false),
            (b'1', "18680125", true),
            (b'1', "19120730", true),
            (b'1', "19120731", false),
            (b'2', "19120729", false),
            (b'2', "19120730", true),
            (b'2', "19261225", true),
            (b'2', "19261226", false),
            (b'3', "19261224", false),
            (b'3', "19261225", true),
            (b'3', "19890107", true),
            (b'3', "19890108", false),
            (b'4', "19890107", false),
            (b'4', "19890108", true),
            (b'4', "20190430", true),
            (b'4', "20190501", false),
            (b'5', "20190430", false),
            (b'5', "20190501", true),
            (b'5', "20991231", true),
        ] {
            assert_eq!(agrees(era, date), expected, "{} {date}", char::from(era));
        }
    }

    #[test]
    fn an_unknown_part_can_be_any_day() {
        for (era, date, expected) in [
            (b'3', "19890000", true),
            (b'4', "19890000", true),
            (b'4', "19880000", false),
            (b'4', "19890100", true),
            (b'3', "19890200", false),
            (b'3', "00000000", true),
            (b'5', "00000229", true),
        ] {
            assert_eq!(agrees(era, date), expected, "{} {date}", char::from(era));
        }
    }

    #[test]
    fn an_era_without_an_entry_contradicts_nothing() {
        for era in [b'0', b'6', b'7', b'8', b'9'] {
            assert!(agrees(era, "19800217"));
        }
    }
}
