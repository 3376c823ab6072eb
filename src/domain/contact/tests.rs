//! Signatures as they are met in a municipality's mailboxes; names, numbers and places are invented.

use super::*;
use proptest::prelude::*;

/// Header name, signature, and what is read: name, title, organisation, address, phone, CVR ("" is nothing).
type Row = (&'static str, &'static str, [&'static str; 6]);

const CITIZENS: [Row; 11] = [
    (
        "Karen Holm",
        "Med venlig hilsen\nKaren Holm\nSkovvej 12A, 3. tv\n2620 Albertslund\nTlf. 20 31 42 53",
        [
            "Karen Holm",
            "",
            "",
            "Skovvej 12A, 3. tv, 2620 Albertslund",
            "20 31 42 53",
            "",
        ],
    ),
    (
        "Ole",
        "Mvh Ole Hansen, Rosenhøj 33, 8260 Viby J, mobil 20314253",
        [
            "Ole Hansen",
            "",
            "",
            "Rosenhøj 33, 8260 Viby J",
            "20 31 42 53",
            "",
        ],
    ),
    (
        "karen holm",
        "Sendt fra min iPhone",
        ["Karen Holm", "", "", "", "", ""],
    ),
    (
        "HANSEN, OLE",
        "Hilsen Ole",
        ["Ole Hansen", "", "", "", "", ""],
    ),
    (
        "Bodil Kjær",
        "De bedste hilsner\n\nBodil Marie Kjær\nØstergade 4, st. th.\n5000 Odense C\n+45 20314253\nbodil@borger.example",
        [
            "Bodil Marie Kjær",
            "",
            "",
            "Østergade 4, st. th, 5000 Odense C",
            "20 31 42 53",
            "",
        ],
    ),
    (
        "",
        "Venlig hilsen\n\nNiels van der Berg\nGl. Landevej 7\nDK-4000 Roskilde",
        [
            "Niels van der Berg",
            "",
            "",
            "Gl. Landevej 7, 4000 Roskilde",
            "",
            "",
        ],
    ),
    (
        "Fatima El Amrani",
        "Kh\nFatima\n\nHent Outlook til Android",
        ["Fatima El Amrani", "", "", "", "", ""],
    ),
    (
        "Jens og Lis Møller",
        "Med venlig hilsen\nJens og Lis Møller\nNordmarks Allé 4 b\n2620 Albertslund",
        [
            "Jens og Lis Møller",
            "",
            "",
            "Nordmarks Allé 4 b, 2620 Albertslund",
            "",
            "",
        ],
    ),
    (
        "Per Skov",
        "Hilsen\nPer Skov\nHusbåd Margrethe\n2450 København SV\ntlf 3131 4242",
        ["Per Skov", "", "", "", "31 31 42 42", ""],
    ),
    (
        "Åse Østergård-Jensen",
        "Vh. Åse\n2031 4253",
        ["Åse Østergård-Jensen", "", "", "", "20 31 42 53", ""],
    ),
    (
        "Ib Lund",
        "Mvh\nIb Lund\nBakken 9, 1. sal, 4970 Rødby Tlf.: 54 31 42 53\nCPR 311299-1234",
        [
            "Ib Lund",
            "",
            "",
            "Bakken 9, 1. sal, 4970 Rødby",
            "54 31 42 53",
            "",
        ],
    ),
];

const COMPANIES: [Row; 9] = [
    (
        "Ole Hansen",
        "Med venlig hilsen\n\nOle Hansen\nProjektleder\n\nByens Tømrer ApS\nIndustrivej 14\n4600 Køge\nTlf. 56 31 42 53 | Mobil 20 31 42 53\nCVR 10 15 08 17\nwww.byenstomrer.example",
        [
            "Ole Hansen",
            "Projektleder",
            "Byens Tømrer ApS",
            "Industrivej 14, 4600 Køge",
            "20 31 42 53",
            "10150817",
        ],
    ),
    (
        "Mette Krag - Krag Arkitekter A/S",
        "Venlig hilsen / Mette Krag\nArkitekt MAA, partner\nKrag Arkitekter A/S · Havnegade 21, 2. · 5000 Odense C\nD: +45 20 31 42 53",
        [
            "Mette Krag",
            "Arkitekt MAA",
            "Krag Arkitekter A/S",
            "Havnegade 21, 2, 5000 Odense C",
            "20 31 42 53",
            "",
        ],
    ),
    (
        "Landinspektørfirmaet Vang I/S",
        "Med venlig hilsen\nLandinspektørfirmaet Vang I/S\nTorvet 3\n8800 Viborg\n86 31 42 53",
        [
            "",
            "",
            "Landinspektørfirmaet Vang I/S",
            "Torvet 3, 8800 Viborg",
            "86 31 42 53",
            "",
        ],
    ),
    (
        "Søren Bech",
        "Mvh Søren Bech\nTømrermester\nCVR-nr.: 10150817\nTlf.: 20314253",
        [
            "Søren Bech",
            "Tømrermester",
            "",
            "",
            "20 31 42 53",
            "10150817",
        ],
    ),
    (
        "Lene Wad (Bolig Nord)",
        "Venlig hilsen\nLene Wad\nInspektør\nBoligselskabet Bolig Nord\nKontortid: 9-12\nTelefon: 98314253\nFax: 98314254",
        [
            "Lene Wad",
            "Inspektør",
            "Boligselskabet Bolig Nord",
            "",
            "98 31 42 53",
            "",
        ],
    ),
    (
        "Faktura",
        "Med venlig hilsen\nBogholderiet\nNordvand A/S\nVandværksvej 2, 9000 Aalborg, CVR: 10150817, EAN 5798000123456",
        [
            "",
            "",
            "Nordvand A/S",
            "Vandværksvej 2, 9000 Aalborg",
            "",
            "10150817",
        ],
    ),
    (
        "Henrik Dam",
        "Best regards\n\nHenrik Dam | CEO | Dam Consulting\nM: 20 31 42 53\nT: 70 31 42 53",
        ["Henrik Dam", "CEO", "Dam Consulting", "", "20 31 42 53", ""],
    ),
    (
        "Anna Vest",
        "Mange hilsner\nAnna Vest\nFormand for Grundejerforeningen Solbakken\nSolbakken 18, 3460 Birkerød",
        [
            "Anna Vest",
            "Formand",
            "Grundejerforeningen Solbakken",
            "Solbakken 18, 3460 Birkerød",
            "",
            "",
        ],
    ),
    (
        "Poul Riis",
        "Venlig hilsen\nPoul Riis\nRiis El & VVS\nVærkstedsgården 11 – 2620 Albertslund – 43 31 42 53",
        [
            "Poul Riis",
            "",
            "Riis El & VVS",
            "Værkstedsgården 11, 2620 Albertslund",
            "43 31 42 53",
            "",
        ],
    ),
];

const LAWYERS_AND_AUTHORITIES: [Row; 8] = [
    (
        "Jens Holm",
        "Med venlig hilsen\n\nJens Holm\nAdvokat (H), partner\n\nHolm & Lund Advokater\nBredgade 30, 2. sal\n1260 København K\nDirekte: 33 31 42 53\nTlf.: 33 31 42 00\nCVR-nr. 10150817\njh@holmlund.example",
        [
            "Jens Holm",
            "Advokat (H)",
            "Holm & Lund Advokater",
            "Bredgade 30, 2. sal, 1260 København K",
            "33 31 42 53",
            "10150817",
        ],
    ),
    (
        "",
        "Med venlig hilsen\nAdvokat Birgit Steen\nSteen Advokatpartnerselskab\nÅboulevarden 1 - 8000 Aarhus C",
        [
            "Birgit Steen",
            "Advokat",
            "Steen Advokatpartnerselskab",
            "Åboulevarden 1, 8000 Aarhus C",
            "",
            "",
        ],
    ),
    (
        "Thomas Friis",
        "Venlig hilsen\n\nThomas Friis\nSpecialkonsulent, cand.jur.\nPlanafdelingen\n\nNordby Kommune\nRådhustorvet 1\n7100 Vejle\nDir. tlf. 76 31 42 53\nHovednr.: 76 31 00 00",
        [
            "Thomas Friis",
            "Specialkonsulent",
            "Nordby Kommune",
            "Rådhustorvet 1, 7100 Vejle",
            "76 31 42 53",
            "",
        ],
    ),
    (
        "Pia Lauritsen",
        "Med venlig hilsen\n\nPia Lauritsen\nSagsbehandler\nAnkestyrelsen\n7998 Statsservice\nTelefon 33 31 42 53",
        [
            "Pia Lauritsen",
            "Sagsbehandler",
            "Ankestyrelsen",
            "",
            "33 31 42 53",
            "",
        ],
    ),
    (
        "Region Syd",
        "Venlig hilsen\nKarin Toft\nOverlæge\nPsykiatrien, Region Syd\nDamhaven 12, 7100 Vejle",
        [
            "Karin Toft",
            "Overlæge",
            "Region Syd",
            "Damhaven 12, 7100 Vejle",
            "",
            "",
        ],
    ),
    (
        "Niels Kvist",
        "Med venlig hilsen\nNiels Kvist\nPolitiassistent\nMidtbyens Politi",
        [
            "Niels Kvist",
            "Politiassistent",
            "Midtbyens Politi",
            "",
            "",
            "",
        ],
    ),
    (
        "Ulla Brandt",
        "Bedste hilsner\nUlla Brandt\nSkoleleder\nVesterby Skole\nSkolevej 1-3\n6000 Kolding",
        [
            "Ulla Brandt",
            "Skoleleder",
            "Vesterby Skole",
            "Skolevej 1-3, 6000 Kolding",
            "",
            "",
        ],
    ),
    (
        "Landsbyhospitalet",
        "Venlig hilsen\nLis Bork\nSocialrådgiver | Landsby Sygehus\nTlf 20 31 42 53 (hverdage 9-12)",
        [
            "Lis Bork",
            "Socialrådgiver",
            "Landsby Sygehus",
            "",
            "20 31 42 53",
            "",
        ],
    ),
];

const FROM_ABROAD: [Row; 5] = [
    (
        "John Smith",
        "Kind regards,\n\nJohn Smith\nSenior Manager\nAcme Holding Ltd\n12 High Street\nLondon\n+44 20 7946 0958",
        [
            "John Smith",
            "Senior Manager",
            "Acme Holding Ltd",
            "",
            "+44 20 7946 0958",
            "",
        ],
    ),
    (
        "Anke Schulz",
        "Mit freundlichen Grüßen\nAnke Schulz\nHafen GmbH\n+49 461 9123456",
        ["Anke Schulz", "", "Hafen GmbH", "", "+49 461 9123456", ""],
    ),
    (
        "Emma Brown",
        "Sent from my iPad",
        ["Emma Brown", "", "", "", "", ""],
    ),
    (
        "Lars Åkesson",
        "Med vänlig hälsning\nLars Åkesson\nBygg AB",
        ["Lars Åkesson", "", "Bygg AB", "", "", ""],
    ),
    (
        "O'Neill, Siobhan",
        "Best wishes\nSiobhan O'Neill\n-- \nThis is my private address",
        ["Siobhan O'Neill", "", "", "", "", ""],
    ),
];

#[test]
fn signatures_are_read_as_a_person_reads_them() {
    let rows = CITIZENS
        .iter()
        .chain(&COMPANIES)
        .chain(&LAWYERS_AND_AUTHORITIES)
        .chain(&FROM_ABROAD);
    let mut wrong = Vec::new();
    let mut count = 0;
    for (header, signature, expected) in rows {
        count += 1;
        let header = Some(*header).filter(|name| !name.is_empty());
        let contact = read(signature, header);
        let found = [
            contact.name.unwrap_or_default(),
            contact.title.unwrap_or_default(),
            contact.organisation.unwrap_or_default(),
            contact.address.unwrap_or_default(),
            contact.phone.unwrap_or_default(),
            contact.cvr.map(|cvr| cvr.to_string()).unwrap_or_default(),
        ];
        if found != *expected {
            wrong.push(format!(
                "{signature:?}\n  found    {found:?}\n  expected {expected:?}"
            ));
        }
    }
    assert!(count >= 30);
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_number_in_a_signature_never_leaves_it_whole() {
    let contact = read(
        "Mvh Ib Lund 070761-4285\nLund 070761-4285 ApS\nSkolevej 1, 6000 Kolding",
        Some("Ib Lund 070761-4285"),
    );
    let told = format!("{contact:?}");
    assert!(!told.contains("4285"), "{told}");
    assert!(told.contains("070761-xxxx"), "{told}");
}

proptest! {
    #[test]
    fn any_text_is_read_without_failing_and_bounded(text in "\\PC{0,200}", name in "\\PC{0,40}") {
        let contact = read(&text, Some(&name));
        for field in [contact.title, contact.organisation, contact.address, contact.name].into_iter().flatten() {
            prop_assert!(field.chars().count() <= MAX_CHARS);
            prop_assert!(cpr::find(&field).is_empty());
        }
    }

    #[test]
    fn pieces_of_signatures_in_any_order_are_read_without_failing(order in proptest::collection::vec(0usize..16, 0..30)) {
        let pieces = [
            "Mvh\n", "Ole Hansen\n", "Skovvej 12", ", ", "2620 Albertslund\n", "3. tv", "Tlf. ", "20 31 42 53", "CVR 10150817",
            " | ", "A/S\n", "070761-4285\n", "Advokat ", "DK-", "\u{a0}", "é\u{301}ø\r\n",
        ];
        let text: String = order.iter().map(|at| pieces[*at]).collect();
        let contact = read(&text, None);
        let told = format!("{contact:?}");
        prop_assert!(!told.contains("4285"));
    }
}
