//! Signatures.

use super::*;

#[test]
fn the_two_keys_need_their_own_pins() {
    let auth = format!("{VERIFY_AUTH}{}", ascii("1234"));
    let data = "20".to_owned() + &"AB".repeat(32) + "00";
    let (with_auth, with_sign) = (format!("802A0297{data}"), format!("802A029A{data}"));
    let mut card = fresh();
    card.run(&[(JPKI, "9000"), (&with_auth, "6982"), (&with_sign, "6982"), (&auth, "9000"), (&with_sign, "6982")]);
    let hash = [0xAB; 32];
    let key = card.auth_key();
    for _ in 0..2 {
        let signature = card.sign_with(&with_auth);
        key.verify(Pkcs1v15Sign::new::<Sha256>(), &hash, &signature).unwrap();
    }
    assert_eq!(card.tally().signatures, 2);
}

#[test]
fn every_signature_mode_signs_what_it_says() {
    let mut card = fresh();
    card.run(&[(JPKI, "9000"), (&format!("{VERIFY_AUTH}{}", ascii("1234")), "9000"), ("00A4020C020017", "9000")]);
    let key = card.auth_key();
    let (message, hash) = (b"message", Sha256::digest(b"message"));
    let (plain, hashed) = (format!("07{}00", hex::upper(message)), format!("20{}00", hex::upper(&hash)));
    let raw = Pkcs1v15Sign::new_unprefixed;
    let info = Pkcs1v15Sign::new::<Sha256>;
    key.verify(raw(), message, &card.sign_with(&format!("802A0080{plain}"))).unwrap();
    key.verify(raw(), &hash, &card.sign_with(&format!("802A0180{plain}"))).unwrap();
    key.verify(info(), &hash, &card.sign_with(&format!("802A0280{hashed}"))).unwrap();
    key.verify(info(), &hash, &card.sign_with(&format!("802A0380{plain}"))).unwrap();
    key.verify(Pss::new::<Sha256>(), &hash, &card.sign_with(&format!("802A0480{hashed}"))).unwrap();
    key.verify(Pss::new::<Sha256>(), &hash, &card.sign_with(&format!("802A0580{plain}"))).unwrap();
    let prefix = "3031300D060960864801650304020105000420";
    let opensc = card.sign_with(&format!("802A008033{prefix}{}00", hex::upper(&hash)));
    key.verify(info(), &hash, &opensc).unwrap();
    let at = |length: usize| format!("802A0080{length:02X}{}00", "01".repeat(length));
    assert_eq!(card.sign_with(&at(245)).len(), 256);
    card.run(&[
        (&at(246), "6985"),
        (&format!("802A0280{plain}"), "6985"),
        (&format!("802A0680{plain}"), "6A86"),
        ("802A00800101", "6700"),
        ("802A008000", "6700"),
        (&format!("802A0000{plain}"), "6A86"),
        (&format!("802A0098{plain}"), "6981"),
        (&format!("002A0080{plain}"), "6D00"),
    ]);
}
