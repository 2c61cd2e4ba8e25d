use super::*;

fn pairs(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_forms_are_those_of_tables_6_1_and_6_2() {
    let rules = rules();
    let expected = [
        ("sheet1-test", "API－設シ1", "サービス情報設定シート（接続確認環境）"),
        ("sheet1-production", "API－設シ1", "サービス情報設定シート（本番環境）"),
        ("sheet2", "API－設シ2", "接続情報設定シート（接続確認環境）"),
        ("sheet4", "API－設シ4", "接続情報設定シート（本番環境）"),
        ("form3", "API－申請等様式3", "マイナポータルAPI接続確認環境利用申請書"),
        ("form4", "API－申請等様式4", "接続試験完了報告書"),
        ("form6", "API－申請等様式6", "本番環境利用申請書"),
        ("form7", "API－申請等様式7", "利用内容変更申請書"),
        ("form8", "API－申請等様式8", "利用停止・利用再開届出書"),
        ("form9", "API－申請等様式9", "利用終了届出書"),
        ("form10", "API－申請等様式10", "本番環境動作確認完了報告書"),
    ];
    for (id, number, title) in expected {
        let form = rules.form(&form(id)).unwrap();
        assert_eq!((form.number.as_str(), form.title.ja.as_str()), (number, title));
    }
    assert_eq!(rules.forms().iter().filter(|form| !form.number.is_empty()).count(), expected.len());
    let fields = |id: &str| rules.form(&form(id)).unwrap().fields.clone();
    assert_eq!(fields("sheet4"), fields("sheet2"));
    assert_eq!(rules.notice_days(), 14);
}

#[test]
fn a_document_that_makes_no_sense_is_refused() {
    let text = include_str!("../forms.json");
    assert!(Rules::parse(&text.replace("\"notice_days\": 14", "\"notice_days\": 30")).is_ok());
    let changes = [
        ("\"planning\": [\"plan\"]", "\"planning\": [\"plans\"]"),
        ("\"planning\"", "\"dreaming\""),
        ("\"name\": \"redirect_uris\"", "\"name\": \"addresses\""),
        ("\"name\": \"planned_on\"", "\"name\": \"day\""),
        ("\"id\": \"form10\"", "\"id\": \"form9\""),
        ("\"id\": \"form10\"", "\"id\": \"form 10\""),
        ("\"kind\": \"mail\"", "\"kind\": \"letter\""),
        ("\"notice_days\": 14", "\"notice_days\": -1"),
        ("\"resume\": \"form8\", ", ""),
        ("\"min\": 13, \"max\": 13", "\"min\": 14, \"max\": 13"),
    ];
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        assert!(Rules::parse(&text.replace(from, to)).is_err(), "{to}");
    }
    assert!(Rules::parse("{}").is_err() && Rules::parse("").is_err());
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_lost() {
    let rules = rules();
    let sheet = rules.form(&form("sheet2")).unwrap();
    let wrong = |fields: &[(&str, &str)]| fill(sheet, &pairs(fields)).unwrap().1;
    let uris = ("redirect_uris", "https://a.example/back\r\n  https://b.example/back  \r\n");
    let (content, none) = fill(sheet, &pairs(&[uris, ("form_token", "x")])).unwrap();
    assert_eq!(none, []);
    assert_eq!(
        content.lines("redirect_uris").collect::<Vec<_>>(),
        ["https://a.example/back", "https://b.example/back"]
    );
    assert_eq!(wrong(&[]), [("redirect_uris".to_owned(), Wrong::Empty)]);
    let many = "https://a.example/\n".repeat(33);
    assert_eq!(wrong(&[("redirect_uris", &many)])[0].1, Wrong::Many(32));
    let cases = [("jwks", "[]", Kind::Json), ("jwks_uri", "ftp://a.example", Kind::Url), ("jwks_uri", "a", Kind::Url)];
    for (name, value, kind) in cases {
        let (content, wrong) = fill(sheet, &pairs(&[uris, (name, value)])).unwrap();
        assert_eq!((content.get(name), &wrong[..]), (value, &[(name.to_owned(), Wrong::NotA(kind))][..]));
    }
    for foreign in [&[uris, uris][..], &[uris, ("other", "")][..]] {
        assert!(fill(sheet, &pairs(foreign)).is_none());
    }
}

#[test]
fn fields_take_what_they_are_for() {
    let rules = rules();
    let disclosure = rules.form(&form("disclosure")).unwrap();
    let is_wrong = |name: &str, value: &str| {
        fill(disclosure, &pairs(&[(name, value)])).unwrap().1.iter().any(|(field, _)| field == name)
    };
    let right = [
        ("applicant", "株式会社テスト"),
        ("corporate_number", ""),
        ("corporate_number", "1234567890123"),
        ("contact_mail", "taro+api@example.co.jp"),
        ("contact_phone", "03-1234-5678"),
        ("apis", "registration"),
        ("start", "2028-02-29"),
        ("terms", "yes"),
    ];
    for (name, value) in right {
        assert!(!is_wrong(name, value), "{name} {value}");
    }
    let long = "あ".repeat(201);
    let wrong = [
        ("applicant", long.as_str()),
        ("applicant", "a\nb"),
        ("corporate_number", "123"),
        ("corporate_number", "１２３４５６７８９０１２３"),
        ("contact_mail", "taro"),
        ("contact_mail", "a@b@c.example"),
        ("contact_mail", "taro@example.jp\nBcc: x@y.example"),
        ("contact_phone", "110番"),
        ("apis", "everything"),
        ("start", "2027-02-29"),
        ("start", "tomorrow"),
        ("terms", "no"),
        ("terms", ""),
    ];
    for (name, value) in wrong {
        assert!(is_wrong(name, value), "{name} {value}");
    }
    let both = [("apis", "registration"), ("apis", "notices")];
    assert!(fill(disclosure, &pairs(&both)).unwrap().0.has("apis", "notices"));
}

#[test]
fn a_difference_names_the_fields_that_changed() {
    let rules = rules();
    let sheet = rules.form(&form("sheet2")).unwrap();
    let content = |fields: &[(&str, &str)]| fill(sheet, &pairs(fields)).unwrap().0;
    let before = content(&[("redirect_uris", "https://a.example/"), ("jwks_uri", "https://a.example/keys")]);
    let after = content(&[("redirect_uris", "https://b.example/"), ("jwks_uri", "https://a.example/keys")]);
    let changed = difference(sheet, &before, &after);
    assert_eq!(changed.len(), 1);
    assert_eq!((changed[0].field.as_str(), changed[0].before.as_str()), ("redirect_uris", "https://a.example/"));
    assert_eq!(difference(sheet, &after, &after), []);
}
