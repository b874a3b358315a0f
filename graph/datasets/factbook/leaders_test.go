package factbook

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseHolders(t *testing.T) {
	for _, c := range []struct{ text, want, unread string }{
		{"President Kasym-Zhomart TOKAYEV (since 20 March 2019)", "President: Kasym-Zhomart TOKAYEV 2019-03-20/..", ""},
		{"King CHARLES III (since 8 September 2022); represented by Governor General Samantha (Sam) MOSTYN (since 1 July 2024)",
			"King: CHARLES III 2022-09-08/.. + repr. Governor-General: Samantha (Sam) MOSTYN 2024-07-01/..", ""},
		{"President Emmanuel MACRON (since 14 May 2017), represented by Prefect Cyrille LE VELY (since 15 January 2025)",
			"President: Emmanuel MACRON 2017-05-14/.. + repr. Prefect: Cyrille LE VELY 2025-01-15/..", ""},
		{"King FREDERIK X of Denmark (since 14 January 2024)", "King: FREDERIK X 2024-01-14/..", ""},
		{"President Emomali RAHMON (since 16 November 1994; head of state and Supreme Assembly Chairman since 20 November 1992)",
			"President: Emomali RAHMON 1994-11-16/..", ""},
		{"Prime Minister ABIY Ahmed Ali (since April 2018)", "Prime Minister: ABIY Ahmed Ali 2018-04/..", ""},
		{"President Denis SASSOU-Nguesso (since 1997)", "President: Denis SASSOU-Nguesso 1997/..", ""},
		{"co-chiefs of state Captains Regent Matteo ROSSI and Lorenzo BUGLI (for the period 1 October 2025 - 31 March 2026)",
			"Captain Regent: Matteo ROSSI 2025-10-01/2026-03-31 + Captain Regent: Lorenzo BUGLI 2025-10-01/2026-03-31", ""},
		{"Prime Minister Manuel Osa Nsue Nsua (since 17 August 2024)", "Prime Minister: Manuel Osa Nsue Nsua 2024-08-17/..", ""},
		{"Acting President Sr. Gen. MIN AUNG HLAING (since 31 July 2025)", "President (acting): MIN AUNG HLAING 2025-07-31/..", ""},
		{"King WACHIRALONGKON; also spelled Vajiralongkorn (since 1 December 2016)", "King: WACHIRALONGKON 2016-12-01/..", ""},
		{"Prime Minister Ntsokoane Samuel MATEKANE (28 October 2022)", "Prime Minister: Ntsokoane Samuel MATEKANE 2022-10-28/..", ""},
		{"Prime Minister Giorgia MELONI (since 22 October 2022); the prime minister's official title is President of the Council of Ministers",
			"Prime Minister: Giorgia MELONI 2022-10-22/..", "the prime minister's official title is President of the Council of Ministers"},
		{"President (vacant)", "", "President (vacant)"},
		{"Michael RANDRIANIRINA (Col.)", ": Michael RANDRIANIRINA (Col.) ", ""},
		{"Ahmad al-Shara'; former President Bashar al-ASAD was overthrown", ": Ahmad al-Shara' ", "former President Bashar al-ASAD was overthrown"},
		{"overall Taliban Leader HAYBATULLAH Akhundzada is the [so-called] Amir", "", "overall Taliban Leader HAYBATULLAH Akhundzada is the [so-called] Amir"},
		{"President Surangel WHIPPS, Jr. (since 21 January 2021)", "President: Surangel WHIPPS Jr. 2021-01-21/..", ""},
		{"Premier CHO Jung-tai (President of the Executive Yuan) (since 20 May 2024)", "Premier: CHO Jung-tai (President of the Executive Yuan) 2024-05-20/..", ""},
		{"Co-prince Emmanuel MACRON (since 14 May 2017); represented by Patrick STROZDA (since 14 May 2017); and Co-prince Archbishop Joan-Enric VIVES i Sicilia (since 12 May 2003)",
			"Co-prince: Emmanuel MACRON 2017-05-14/.. + repr. : Patrick STROZDA 2017-05-14/.. + Co-prince: Joan-Enric VIVES i Sicilia 2003-05-12/..", ""},
		{"", "", ""},
	} {
		found, unread := parseHolders(c.text, names().titles)
		var got []string
		for _, h := range found {
			s := h.title.title
			if h.represents {
				s = "repr. " + s
			}
			if h.title.note != "" {
				s += " (" + h.title.note + ")"
			}
			got = append(got, fmt.Sprintf("%s: %s %s", s, h.name, h.since))
		}
		if strings.Join(got, " + ") != c.want || strings.Join(unread, "; ") != c.unread {
			t.Errorf("%q\n gives  %q\n unread %q\n want   %q", c.text, strings.Join(got, " + "), unread, c.want)
		}
	}
}

func TestPersonName(t *testing.T) {
	for printed, want := range map[string]string{
		"Sanae TAKAICHI":                                 "Sanae Takaichi",
		"XI Jinping":                                     "Xi Jinping",
		"Massimo D'ALEMA":                                "Massimo D'Alema",
		"Abd al-Majid al-QA'UD":                          "Abd al-Majid al-Qa'ud",
		"FREDERIK X":                                     "Frederik X",
		"CARL XVI GUSTAF":                                "Carl XVI Gustaf",
		"Alexander VAN DER BELLEN":                       "Alexander Van der Bellen",
		"Mohammed Shia al-SUDANI":                        "Mohammed Shia al-Sudani",
		"Netumbo NANDI-NDAITWAH":                         "Netumbo Nandi-Ndaitwah",
		"MUHAMMAD BIN SALMAN bin Abd al-Aziz Al Saud":    "Muhammad bin Salman bin Abd al-Aziz Al Saud",
		"Munipoese MULI'AKA'AKA":                         "Munipoese Muli'aka'aka",
		`Ferdinand "BongBong" MARCOS Jr.`:                "Ferdinand BongBong Marcos Jr.",
		"José Enrique JERÍ Oré":                          "José Enrique Jerí Oré",
		"Donald J. TRUMP":                                "Donald J. Trump",
		"Marcelo REBELO DE SOUSA":                        "Marcelo Rebelo de Sousa",
		"CHO Jung-tai (President of the Executive Yuan)": "Cho Jung-tai",
	} {
		if got := personName(printed); got != want {
			t.Errorf("personName(%q) = %q, want %q", printed, got, want)
		}
	}
}
