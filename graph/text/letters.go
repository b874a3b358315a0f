package text

import (
	_ "embed"
	"strings"
	"sync"
)

// letters has the Latin letters for those of other alphabets, in English romanisation; Sound equalizes what
// romanisations write differently. A letter with a mark (such as ά or ё) is listed only if it sounds different
// from its base letter.
var letters = lettersOf(`
а a б b в v г g ґ g ғ gh д d ђ dj е e ё yo є ye ж zh җ j ӂ zh з z ҙ z ѕ dz и i й y і i ї yi ј y к k қ k ҡ k ҟ k л l љ ly м m н n ң n ҥ n њ ny
о o ө o п p р r с s ҫ s т t ћ ch ќ k ѓ g у u ў u ү u ұ u ф f х kh ҳ h һ h ц ts ч ch ҷ j ҹ j џ dzh ш sh щ shch ъ - ы y ь - э e ю yu я ya ә a ӏ -

α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ ks ο o π p ρ r σ s ς s τ t υ y φ f χ kh ψ ps ω o

ا a آ a أ a إ i ٱ a ب b پ p ت t ٹ t ث s ج j چ ch ح h خ kh د d ڈ d ذ z ر r ڑ r ز z ژ zh س s ش sh ص s ض d ط t ظ z ع - غ gh ڭ n ف f ڤ v ق q
ك k ک k گ g ل l م m ن n ں n ه h ھ h ہ h ە e ة a و u ۇ u ۆ o ۈ u ۋ v ؤ u ى a ي i ی i ې e ئ i ے e ء -

א a ב b ג g ד d ה h ו u ז z ח h ט t י i כ k ך k ל l מ m ם m נ n ן n ס s ע - פ p ף p צ ts ץ ts ק k ר r ש sh ת t

ა a ბ b გ g დ d ე e ვ v ზ z თ t ი i კ k ლ l მ m ნ n ო o პ p ჟ zh რ r ს s ტ t უ u ფ p ქ k ღ gh ყ q შ sh ჩ ch ც ts ძ dz წ ts ჭ ch ხ kh ჯ j ჰ h

ա a բ b գ g դ d ե e զ z է e ը e թ t ժ zh ի i լ l խ kh ծ ts կ k հ h ձ dz ղ gh ճ ch մ m յ y ն n շ sh ո o չ ch պ p ջ j ռ r ս s վ v տ t ր r ց ts ւ v փ p
ք k օ o ֆ f և ev

ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko ガ ga ギ gi グ gu ゲ ge ゴ go サ sa シ shi ス su セ se ソ so ザ za ジ ji ズ zu ゼ ze ゾ zo
タ ta チ chi ツ tsu テ te ト to ダ da ヂ ji ヅ zu デ de ド do ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho バ ba ビ bi ブ bu ベ be ボ bo
パ pa ピ pi プ pu ペ pe ポ po マ ma ミ mi ム mu メ me モ mo ヤ ya ユ yu ヨ yo ラ ra リ ri ル ru レ re ロ ro ワ wa ヰ i ヱ e ヲ o ン n ヴ vu ッ - ー -

ø o ł l đ d ð d þ th ß ss æ ae œ oe ə a ı i ŋ n ħ h ŧ t ĸ k ſ s ç ch ş sh ș sh š sh č ch ć ch ž zh ź z ż zh ś sh ğ gh ӣ i ӯ u
`)

func lettersOf(table string) map[rune]string {
	m := map[rune]string{}
	fields := strings.Fields(table)
	for i := 0; i+1 < len(fields); i += 2 {
		r := []rune(fields[i])
		latin := fields[i+1]
		if latin == "-" {
			latin = ""
		}
		m[r[0]] = latin
	}
	return m
}

// smallKana change the preceding syllable: キャ is kya, ファ is fa.
var smallKana = map[rune]string{'ャ': "ya", 'ュ': "yu", 'ョ': "yo", 'ァ': "a", 'ィ': "i", 'ゥ': "u", 'ェ': "e", 'ォ': "o"}

// addSmallKana appends a small kana to Latin letters that end in a syllable.
func addSmallKana(dst []byte, small string) []byte {
	if n := len(dst); n > 0 && strings.IndexByte("aiueo", dst[n-1]) >= 0 {
		dst = dst[:n-1]
		// シャ is sha, not shya.
		if n > 1 && len(small) == 2 && strings.IndexByte("hj", dst[n-2]) >= 0 {
			small = small[1:]
		}
	}
	return append(dst, small...)
}

// The code point of a Hangul syllable determines its initial, its vowel and its final. The letters are those of
// the Revised Romanisation, except for eo and eu, which names mostly write as o and u.
const (
	hangulFirst = 0xAC00
	hangulLast  = 0xD7A3
)

var (
	hangulInitials = strings.Split("g kk n d tt r m b pp s ss  j jj ch k t p h", " ")
	hangulVowels   = strings.Split("a ae ya yae o e yo ye o wa wae oe yo u wo we wi yu u ui i", " ")
	hangulFinals   = strings.Split(" k k k n n n t l k m l l l p l m p p t t ng t t k t p t", " ")
)

func appendHangul(dst []byte, r rune) []byte {
	n := int(r - hangulFirst)
	dst = append(dst, hangulInitials[n/588]...)
	dst = append(dst, hangulVowels[n%588/28]...)
	return append(dst, hangulFinals[n%28]...)
}

//go:embed han.txt
var hanTable string

const (
	hanFirst = 0x4E00
	hanLast  = 0x9FFF
)

// han has the Mandarin readings. The table is read when the first Han character occurs.
var han = sync.OnceValue(func() []string {
	readings := make([]string, hanLast-hanFirst+1)
	for line := range strings.Lines(hanTable) {
		syllable, chars, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || syllable == "#" {
			continue
		}
		for _, r := range chars {
			readings[r-hanFirst] = syllable
		}
	}
	return readings
})
