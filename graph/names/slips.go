package names

// slips weighs the differences between a text and a name, both as they sound and without
// spaces: what people misspell counts 1, what makes another word of it 2. A vowel or a
// consonant left out or added, two neighbours exchanged, a vowel for another or a
// consonant for one that is often written for it are slips; another consonant, a vowel
// in place of a consonant and another beginning are not. With prefix, the text may be
// any beginning of the name.
func slips(sought, name string, prefix bool) int {
	if len(sought) > maxPattern || len(name) > maxPattern {
		return far
	}
	var rows [3][maxPattern + 1]uint8
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := 1; j <= len(name); j++ {
		row[j] = row[j-1] + missing(j)
	}
	for i := 1; i <= len(sought); i++ {
		before, last, row = last, row, before
		row[0] = last[0] + missing(i)
		for j := 1; j <= len(name); j++ {
			row[j] = min(last[j]+missing(i), row[j-1]+missing(j), last[j-1]+replaced(sought[i-1], name[j-1]))
			if i > 1 && j > 1 && sought[i-1] == name[j-2] && sought[i-2] == name[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	least := row[len(name)]
	if prefix {
		for _, n := range row[:len(name)] {
			least = min(least, n)
		}
	}
	return int(least)
}

// missing is the weight of a letter left out or added, the first being 1.
func missing(at int) uint8 {
	switch at {
	case 0:
		return 0
	case 1:
		return 2
	}
	return 1
}

func replaced(a, b byte) uint8 {
	switch {
	case a == b:
		return 0
	case a < 128 && b < 128 && alike[a]&alike[b] != 0:
		return 1
	}
	return 2
}

// alike has a bit for each group of sounds that spellings and languages exchange.
var alike = func() (by [128]uint16) {
	for i, group := range [...]string{"aeiou", "bpfv", "uv", "dt", "tc", "chkgj", "csj", "lr", "mn"} {
		for _, c := range group {
			by[c] |= 1 << i
		}
	}
	return by
}()
