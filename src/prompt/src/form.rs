//! The fields of a question: none where a yes is enough, one for a PIN, three where a PIN is changed.

use jpki_protocol::Secret;
use jpki_protocol::prompt::{Charset, Operation, PinRule};

use crate::pin::Pin;

/// One field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// The PIN the card has now.
    Pin,
    /// The PIN it is to have.
    New,
    /// That again.
    Again,
}

/// Why what was typed into a field can't be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The new PIN is the old one.
    Same,
    /// A password needs a letter and a digit (J-LIS, 署名用電子証明書の暗証番号).
    Unmixed,
    /// The new PIN was typed in two ways.
    Differs,
}

/// All fields of a question, in the order in which they are filled in.
pub(crate) struct Form(Vec<(Field, Pin)>);

impl Form {
    /// The fields for an operation and the PIN it asks for.
    pub(crate) fn new(operation: Operation, rule: Option<PinRule>) -> Self {
        let fields: &[Field] = match operation {
            Operation::ChangePin => &[Field::Pin, Field::New, Field::Again],
            Operation::Authenticate | Operation::ReadAttributes | Operation::Sign => &[Field::Pin],
        };
        Self(rule.map(|rule| fields.iter().map(|&field| (field, Pin::new(rule))).collect()).unwrap_or_default())
    }

    /// Becomes the form of another question. The old fields go first: memory is unlocked by the page, and a new
    /// field may share one with an old one.
    pub(crate) fn replace(&mut self, operation: Operation, rule: Option<PinRule>) {
        self.0.clear();
        *self = Self::new(operation, rule);
    }

    /// Each field with what was typed into it.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (Field, &Pin)> {
        self.0.iter().map(|(field, pin)| (*field, pin))
    }

    /// What was typed into a field, if there is one.
    pub(crate) fn get(&self, field: Field) -> Option<&Pin> {
        self.fields().find(|(each, _)| *each == field).map(|(_, pin)| pin)
    }

    /// As [`Form::get`], to type into.
    pub(crate) fn get_mut(&mut self, field: Field) -> Option<&mut Pin> {
        self.0.iter_mut().find(|(each, _)| *each == field).map(|(_, pin)| pin)
    }

    /// The field after one.
    pub(crate) fn after(&self, field: Field) -> Option<Field> {
        self.fields().map(|(each, _)| each).skip_while(|each| *each != field).nth(1)
    }

    /// What is wrong with a field. Nothing is wrong with one that isn't filled in yet.
    pub(crate) fn fault(&self, field: Field) -> Option<Fault> {
        let (old, new, again) = (self.get(Field::Pin)?, self.get(Field::New)?, self.get(Field::Again)?);
        match field {
            Field::New if new.is_complete() && new.text() == old.text() => Some(Fault::Same),
            Field::New if new.is_complete() && !is_mixed(new) => Some(Fault::Unmixed),
            Field::Again if !new.text().starts_with(again.text()) => Some(Fault::Differs),
            Field::Pin | Field::New | Field::Again => None,
        }
    }

    /// Is there nothing left to do in a field?
    pub(crate) fn is_filled(&self, field: Field) -> bool {
        self.get(field).is_some_and(Pin::is_complete) && self.fault(field).is_none()
    }

    /// May this be sent? A form without fields may.
    pub(crate) fn is_complete(&self) -> bool {
        let again_is_new = self.get(Field::Again).map(Pin::text) == self.get(Field::New).map(Pin::text);
        self.fields().all(|(field, _)| self.is_filled(field)) && again_is_new
    }

    /// Forgets everything that was typed.
    pub(crate) fn clear(&mut self) {
        self.0.iter_mut().for_each(|(_, pin)| pin.clear());
    }

    /// Hands over the PIN and the new one, as far as they are asked for, and forgets them.
    pub(crate) fn take(&mut self) -> (Option<Secret>, Option<Secret>) {
        let [pin, new] = [Field::Pin, Field::New].map(|field| self.get_mut(field).and_then(Pin::take));
        self.clear();
        (pin, new)
    }
}

/// Has it the kinds of characters it must have? The rule is for a PIN to be: a card may hold an older one.
fn is_mixed(pin: &Pin) -> bool {
    let has = |kind: fn(&u8) -> bool| pin.text().as_bytes().iter().any(kind);
    match pin.rule().charset {
        Charset::Digits => true,
        Charset::Alphanumeric => has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(rule: PinRule, typed: [&str; 3]) -> Form {
        let mut form = Form::new(Operation::ChangePin, Some(rule));
        for ((_, pin), text) in form.0.iter_mut().zip(typed) {
            pin.type_text(text);
        }
        form
    }

    #[test]
    fn a_question_has_no_field_or_one_or_three() {
        let count = |operation, rule| Form::new(operation, rule).fields().count();
        assert_eq!(count(Operation::ReadAttributes, None), 0);
        assert_eq!(count(Operation::Sign, Some(PinRule::SIGN)), 1);
        assert_eq!(count(Operation::ChangePin, Some(PinRule::AUTH)), 3);
        assert!(Form::new(Operation::ReadAttributes, None).is_complete());
    }

    #[test]
    fn a_new_pin_obeys_the_rules_before_it_is_sent() {
        use Field::{Again, New};
        for (rule, typed, fault) in [
            (PinRule::AUTH, ["1234", "5678", "5678"], None),
            (PinRule::AUTH, ["1234", "５６７８", "5678"], None),
            (PinRule::AUTH, ["1234", "1234", "1234"], Some((New, Fault::Same))),
            (PinRule::AUTH, ["1234", "5678", "5679"], Some((Again, Fault::Differs))),
            (PinRule::AUTH, ["1234", "5678", "6"], Some((Again, Fault::Differs))),
            (PinRule::SIGN, ["ABC123", "abc1234", "ABC1234"], None),
            (PinRule::SIGN, ["ABCDEF", "ABC123", "ABC123"], None),
            (PinRule::SIGN, ["ABC123", "ABCDEF", "ABCDEF"], Some((New, Fault::Unmixed))),
            (PinRule::SIGN, ["ABC123", "123456", "123456"], Some((New, Fault::Unmixed))),
            (PinRule::SIGN, ["ABC123", "abc123", "abc123"], Some((New, Fault::Same))),
        ] {
            let form = change(rule, typed);
            let found = [Field::Pin, New, Again].into_iter().find_map(|field| Some((field, form.fault(field)?)));
            assert_eq!(found, fault, "{typed:?}");
            assert_eq!(form.is_complete(), fault.is_none(), "{typed:?}");
        }
    }

    #[test]
    fn what_is_not_typed_to_the_end_is_no_fault_yet() {
        for typed in [["", "", ""], ["1234", "567", ""], ["1234", "5678", "56"], ["12", "12", "1"]] {
            let form = change(PinRule::AUTH, typed);
            assert!(
                [Field::Pin, Field::New, Field::Again].iter().all(|&field| form.fault(field).is_none()),
                "{typed:?}"
            );
            assert!(!form.is_complete(), "{typed:?}");
        }
    }

    #[test]
    fn taking_hands_over_old_and_new_and_leaves_nothing() {
        let mut form = change(PinRule::AUTH, ["1234", "5678", "5678"]);
        assert_eq!(form.take(), (Secret::new("1234"), Secret::new("5678")));
        assert!(form.fields().all(|(_, pin)| pin.len() == 0));
        assert_eq!(Form::new(Operation::ReadAttributes, None).take(), (None, None));
    }
}
