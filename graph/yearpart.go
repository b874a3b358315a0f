package graph

// yearPart is the days that a part of a year may include: from a day in the year to a day in the same year or a
// later one.
type yearPart struct{ month, day, years, lastMonth, lastDay int }

// firstPart is the number of the first part; parts are written like a month.
const firstPart = 21

// yearParts are the parts of a year that EDTF numbers from 21 to 41. EDTF does not say when a season begins.
// Here a season may begin on the first day of its first month, as for meteorologists, or at the equinox or
// solstice, and may last until the next one. A season without a hemisphere may be that of either.
var yearParts = [...]yearPart{
	{3, 1, 0, 12, 22}, {6, 1, 1, 3, 21}, {3, 1, 0, 12, 22}, {6, 1, 1, 3, 21}, // spring, summer, autumn and winter, in an unknown hemisphere
	{3, 1, 0, 6, 21}, {6, 1, 0, 9, 23}, {9, 1, 0, 12, 22}, {12, 1, 1, 3, 21}, // in the northern hemisphere
	{9, 1, 0, 12, 22}, {12, 1, 1, 3, 21}, {3, 1, 0, 6, 21}, {6, 1, 0, 9, 23}, // in the southern hemisphere
	{1, 1, 0, 3, 31}, {4, 1, 0, 6, 30}, {7, 1, 0, 9, 30}, {10, 1, 0, 12, 31}, // quarters
	{1, 1, 0, 4, 30}, {5, 1, 0, 8, 31}, {9, 1, 0, 12, 31}, // thirds
	{1, 1, 0, 6, 30}, {7, 1, 0, 12, 31}, // halves
}

func (d Date) part() yearPart { return yearParts[d.month-firstPart] }
