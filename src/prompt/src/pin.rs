//! What the person types: held once, in a buffer that never moves and is wiped.

use jpki_protocol::Secret;
use jpki_protocol::prompt::{Charset, PinRule};
use region::LockGuard;
use zeroize::{Zeroize, Zeroizing};

/// A PIN being typed. It never holds a character its rule forbids, nor more than it allows, so a
/// value of the wrong form can't reach the card and cost an attempt (threat 8).
pub(crate) struct Pin {
    rule: PinRule,
    text: Zeroizing<String>,
    /// Keeps the text's page out of swap, as far as the person's limit on locked memory allows (threat 12). It stands
    /// after the text, which is so wiped before its page is unlocked.
    _locked: Option<LockGuard>,
}

impl Pin {
    pub(crate) fn new(rule: PinRule) -> Self {
        // Room for the longest PIN of any rule: the buffer never grows, so no copy stays behind.
        let text = Zeroizing::new(String::with_capacity(usize::from(u8::MAX)));
        let _locked = region::lock(text.as_ptr(), text.capacity()).ok();
        Self { rule, text, _locked }
    }

    /// Adds what a key or an input method produced; what the rule forbids is left out.
    pub(crate) fn type_text(&mut self, text: &str) {
        for c in text.chars().filter_map(|c| normalise(self.rule.charset, c)) {
            if self.text.len() < usize::from(self.rule.max) {
                self.text.push(c);
            }
        }
    }

    /// Takes the last character away.
    pub(crate) fn erase(&mut self) {
        self.text.pop();
    }

    pub(crate) fn clear(&mut self) {
        self.text.zeroize();
    }

    pub(crate) fn rule(&self) -> PinRule {
        self.rule
    }

    /// What was typed. Whoever calls this compares it or draws it, and keeps no copy.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// How many characters were typed.
    pub(crate) fn len(&self) -> u8 {
        // Never more than `rule.max`, which is a u8.
        u8::try_from(self.text.len()).unwrap_or(u8::MAX)
    }

    pub(crate) fn is_complete(&self) -> bool {
        (self.rule.min..=self.rule.max).contains(&self.len()) && self.len() > 0
    }

    /// Hands the PIN over and forgets it; none if it is not complete.
    pub(crate) fn take(&mut self) -> Option<Secret> {
        let secret = self.is_complete().then(|| Secret::new(&self.text)).flatten();
        self.clear();
        secret
    }
}

/// The character the card knows for what was typed: full-width forms become ASCII, as NFKC has it
/// (other compatibility characters, such as ① or ², are nothing a person means as a digit), and
/// letters become upper case.
fn normalise(charset: Charset, c: char) -> Option<char> {
    let ascii = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0)?,
        other => other,
    };
    match charset {
        Charset::Digits => Some(ascii).filter(char::is_ascii_digit),
        Charset::Alphanumeric => Some(ascii.to_ascii_uppercase()).filter(char::is_ascii_alphanumeric),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(rule: PinRule, text: &str) -> Pin {
        let mut pin = Pin::new(rule);
        pin.type_text(text);
        pin
    }

    #[test]
    fn full_width_digits_become_digits() {
        assert_eq!(typed(PinRule::AUTH, "１２3４").take(), Secret::new("1234"));
    }

    #[test]
    fn a_digit_pin_takes_four_digits_and_nothing_else() {
        assert_eq!(typed(PinRule::AUTH, "a1 -2①²3٣4567\u{8}").take(), Secret::new("1234"));
        assert_eq!(typed(PinRule::AUTH, "123").take(), None);
        assert_eq!(typed(PinRule::AUTH, "").take(), None);
    }

    #[test]
    fn a_sign_password_is_upper_cased() {
        assert_eq!(typed(PinRule::SIGN, "aｂC１２3").take(), Secret::new("ABC123"));
        assert!(!typed(PinRule::SIGN, "ABC12").is_complete());
        assert_eq!(typed(PinRule::SIGN, "ABCDEFGHIJ1234567").len(), 16);
    }

    #[test]
    fn erasing_goes_back_one_and_taking_leaves_nothing() {
        let mut pin = typed(PinRule::AUTH, "1239");
        pin.erase();
        pin.type_text("4");
        assert_eq!(pin.take(), Secret::new("1234"));
        assert_eq!(pin.len(), 0);
        pin.erase();
        assert_eq!(pin.len(), 0);
    }
}
