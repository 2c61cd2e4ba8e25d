use roxmltree::Document;

use super::*;

fn method(identifier: &str) -> Method {
    Method::from_identifier(identifier).unwrap()
}

fn exclusive(prefixes: &[&str]) -> Method {
    Method { form: Form::Exclusive(prefixes.iter().map(ToString::to_string).collect()), comments: false }
}

fn whole(method: &Method, text: &str) -> String {
    let document = Document::parse(text).unwrap();
    let mut canonical = String::new();
    method.document(document.root_element(), None, &mut |part| canonical.push_str(part));
    canonical
}

fn element(method: &Method, text: &str, name: &str) -> Result<String, Fault> {
    let document = Document::parse(text).unwrap();
    let found = document.descendants().find(|node| node.tag_name().name() == name).unwrap();
    let mut canonical = String::new();
    method.element(found, &mut |part| canonical.push_str(part))?;
    Ok(canonical)
}

#[test]
fn instructions_and_comments_outside_of_the_root_have_lines_of_their_own() {
    // After Canonical XML 1.1, section 3.1, without its DTD.
    let text = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\
                <doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n\
                <!-- Comment 3 -->\n";
    assert_eq!(
        whole(&method(names::C14N_11), text),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>"
    );
    assert_eq!(
        whole(&method(names::C14N_11_COMMENTS), text),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\
         <doc>Hello, world!<!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n<!-- Comment 3 -->"
    );
}

#[test]
fn white_space_in_content_stays() {
    // Canonical XML 1.1, section 3.2.
    let text =
        "<doc>\n   <clean>   </clean>\n   <mixed>\n      A\n      <clean>   </clean>\n      B\n   </mixed>\n</doc>";
    assert_eq!(whole(&method(names::C14N_11), text), text);
}

#[test]
fn tags_are_written_one_way() {
    // After Canonical XML 1.1, section 3.3, without its DTD.
    let text = "<doc><e1   /><e2   ></e2><e3   name = \"elem3\"   id=\"elem3\"   />\
                <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\" xmlns:b=\"http://www.ietf.org\" \
                xmlns:a=\"http://www.w3.org\" xmlns=\"http://example.org\"/>\
                <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\"><e7 xmlns=\"http://www.ietf.org\">\
                <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\"><e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\"/></e8></e7></e6></doc>";
    let expected = "<doc><e1></e1><e2></e2><e3 id=\"elem3\" name=\"elem3\"></e3>\
                    <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" \
                    attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>\
                    <e6 xmlns:a=\"http://www.w3.org\"><e7 xmlns=\"http://www.ietf.org\"><e8 xmlns=\"\">\
                    <e9 xmlns:a=\"http://www.ietf.org\"></e9></e8></e7></e6></doc>";
    for identifier in [names::C14N_10, names::C14N_11] {
        assert_eq!(whole(&method(identifier), text), expected);
    }
}

#[test]
fn characters_are_written_one_way() {
    // After Canonical XML 1.1, section 3.4, without its DTD.
    let text = "<doc><text>First line&#x0d;&#10;Second line</text><value>&#x32;</value>\
                <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\
                <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\
                <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/></doc>";
    assert_eq!(
        whole(&method(names::C14N_11), text),
        "<doc><text>First line&#xD;\nSecond line</text><value>2</value>\
         <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\
         <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">\
         valid</compute><norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm></doc>"
    );
}

#[test]
fn an_element_means_the_same_in_other_surroundings_if_the_method_is_exclusive() {
    // Exclusive XML Canonicalization 1.0, section 2.2.
    let first = "<n0:local xmlns:n0=\"foo:bar\" xmlns:n3=\"ftp://example.org\"><n1:elem2 xmlns:n1=\"http://example.net\" \
                 xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"/></n1:elem2></n0:local>";
    let second = "<n2:pdu xmlns:n1=\"http://example.com\" xmlns:n2=\"http://foo.example\" xml:lang=\"fr\" \
                  xml:space=\"retain\"><n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\
                  <n3:stuff xmlns:n3=\"ftp://example.org\"/></n1:elem2></n2:pdu>";
    let exclusively = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\
                       <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>";
    for text in [first, second] {
        assert_eq!(element(&exclusive(&[]), text, "elem2").as_deref(), Ok(exclusively));
    }
    assert_eq!(
        element(&method(names::C14N_10), first, "elem2").as_deref(),
        Ok("<n1:elem2 xmlns:n0=\"foo:bar\" xmlns:n1=\"http://example.net\" xmlns:n3=\"ftp://example.org\" \
            xml:lang=\"en\"><n3:stuff></n3:stuff></n1:elem2>")
    );
    assert_eq!(
        element(&method(names::C14N_10), second, "elem2").as_deref(),
        Ok("<n1:elem2 xmlns:n1=\"http://example.net\" xmlns:n2=\"http://foo.example\" xml:lang=\"en\" \
            xml:space=\"retain\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>")
    );
}

#[test]
fn exclusive_canonicalisation_declares_what_is_visibly_used_and_what_is_listed() {
    let text = "<a xmlns=\"u:d\" xmlns:p=\"u:p\" xmlns:q=\"u:q\"><b xmlns=\"\" q:c=\"1\"><p:d/><e/></b></a>";
    let outer = "<a xmlns=\"u:d\"><b xmlns=\"\" xmlns:q=\"u:q\" q:c=\"1\"><p:d xmlns:p=\"u:p\"></p:d><e></e></b></a>";
    assert_eq!(whole(&exclusive(&[]), text), outer);
    for (prefixes, expected) in [
        (&[][..], "<p:d xmlns:p=\"u:p\"></p:d>"),
        (&["q", "unknown"], "<p:d xmlns:p=\"u:p\" xmlns:q=\"u:q\"></p:d>"),
        (&["p", ""], "<p:d xmlns:p=\"u:p\"></p:d>"),
    ] {
        assert_eq!(element(&exclusive(prefixes), text, "d").as_deref(), Ok(expected), "{prefixes:?}");
    }
    let listed = "<a xmlns=\"u:d\" xmlns:p=\"u:p\"><b xmlns=\"\" xmlns:q=\"u:q\" q:c=\"1\"><p:d></p:d><e></e></b></a>";
    assert_eq!(whole(&exclusive(&["p"]), text), listed);
    assert_eq!(
        element(&exclusive(&[""]), "<a xmlns=\"u:d\" xmlns:p=\"u:p\"><p:d><e/></p:d></a>", "d").as_deref(),
        Ok("<p:d xmlns=\"u:d\" xmlns:p=\"u:p\"><e></e></p:d>")
    );
}

#[test]
fn attributes_of_xml_itself_come_from_the_nearest_ancestor_as_the_version_says() {
    let text = "<a xml:lang=\"ja\" xml:id=\"i\" xml:space=\"default\"><b xml:space=\"preserve\"><c/></b></a>";
    for (identifier, expected) in [
        (names::C14N_10, "<c xml:id=\"i\" xml:lang=\"ja\" xml:space=\"preserve\"></c>"),
        (names::C14N_11, "<c xml:lang=\"ja\" xml:space=\"preserve\"></c>"),
        (names::EXCLUSIVE, "<c></c>"),
    ] {
        assert_eq!(element(&method(identifier), text, "c").as_deref(), Ok(expected), "{identifier}");
    }
    let based = "<a xml:base=\"http://shop.example/\"><c/></a>";
    let expected = "<c xml:base=\"http://shop.example/\"></c>";
    assert_eq!(element(&method(names::C14N_10), based, "c").as_deref(), Ok(expected));
    assert_eq!(element(&method(names::C14N_11), based, "c"), Err(Fault::AlgorithmUnknown));
}

#[test]
fn a_part_is_left_out_without_a_gap() {
    let document = Document::parse("<a>one<b>two<c/></b>three</a>").unwrap();
    let left_out = document.descendants().find(|node| node.tag_name().name() == "b").unwrap();
    let mut canonical = String::new();
    method(names::C14N_11).document(left_out, Some(left_out.id()), &mut |part| canonical.push_str(part));
    assert_eq!(canonical, "<a>onethree</a>");
}
