package graph

// yearPart is the days that a part of a year may mean: from one of its days to one of that year
// or the next.
type yearPart struct{ month, day, years, lastMonth, lastDay int }

// firstPart is the number of the first part, which is written like a month.
const firstPart = 21

// yearParts are the parts of a year that EDTF numbers, from 21 to 41. It does not say when a
// season begins: here it begins in its year, from the first day of its first month
// (meteorologists) or from the equinox or solstice, and may last until the next one. A season of
// no hemisphere may be that of either.
var yearParts = [...]yearPart{
	{3, 1, 0, 12, 22}, {6, 1, 1, 3, 21}, {3, 1, 0, 12, 22}, {6, 1, 1, 3, 21}, // spring, summer, autumn and winter, somewhere
	{3, 1, 0, 6, 21}, {6, 1, 0, 9, 23}, {9, 1, 0, 12, 22}, {12, 1, 1, 3, 21}, // in the north
	{9, 1, 0, 12, 22}, {12, 1, 1, 3, 21}, {3, 1, 0, 6, 21}, {6, 1, 0, 9, 23}, // in the south
	{1, 1, 0, 3, 31}, {4, 1, 0, 6, 30}, {7, 1, 0, 9, 30}, {10, 1, 0, 12, 31}, // quarters
	{1, 1, 0, 4, 30}, {5, 1, 0, 8, 31}, {9, 1, 0, 12, 31}, // thirds
	{1, 1, 0, 6, 30}, {7, 1, 0, 12, 31}, // halves
}

func (d Date) part() yearPart { return yearParts[d.month-firstPart] }
