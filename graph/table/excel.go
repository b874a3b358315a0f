package table

import (
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/caspian-kg/caspian/graph"
	"github.com/caspian-kg/caspian/graph/internal/input"
)

// The constants bound a workbook, in bytes: the file, and its unpacked content.
const (
	maxWorkbook = 64 << 20
	maxUnpacked = 512 << 20
)

// excel reads the rows of one sheet. A cell has the stored value and not the displayed text. Dates are written as in
// ISO 8601.
func (t *reading) excel(r io.Reader) (err error) {
	defer func() {
		if p := recover(); p != nil { // the library panics on some damaged workbooks
			err = t.end(0, 0, "the workbook is damaged: %v", p)
		}
	}()
	book, err := excelize.OpenReader(&input.Allowance{R: r, Left: maxWorkbook}, excelize.Options{UnzipSizeLimit: maxUnpacked})
	switch {
	case errors.Is(err, input.ErrTooLong):
		return t.end(0, 0, "the workbook has more than %d MB; save the sheet as CSV", maxWorkbook>>20)
	case err != nil:
		return t.end(0, 0, "not a workbook of Excel (.xlsx): %v", err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	s := &sheet{reading: t, name: t.Sheet}
	if sheets := book.GetSheetList(); s.name == "" && len(sheets) > 0 {
		s.name = sheets[0]
	}
	if s.stored, err = book.Rows(s.name); err != nil {
		return t.end(0, 0, "the workbook has no sheet %q; it has %s", graph.Clip(s.name), strings.Join(book.GetSheetList(), ", "))
	}
	if s.shown, err = book.Rows(s.name); err != nil {
		return fmt.Errorf("reading %s: %w", t.name, err)
	}
	defer func() { err = errors.Join(err, s.stored.Close(), s.shown.Close()) }()
	if props, _ := book.GetWorkbookProps(); props.Date1904 != nil {
		s.since1904 = *props.Date1904
	}
	return s.rows()
}

// sheet reads one sheet of a workbook.
type sheet struct {
	*reading
	name          string
	stored, shown *excelize.Rows // the rows of the sheet, once as stored and once as displayed
	since1904     bool           // whether days are counted from 1904
}

// rows reads the rows. It leaves out rows without cells.
func (s *sheet) rows() (err error) {
	var h *head
	if s.Head != nil {
		if h, err = s.head(s.Head, 1); err != nil {
			return err
		}
	}
	for line := 1; s.stored.Next() && s.shown.Next(); line++ {
		cells, err := s.stored.Columns(excelize.Options{RawCellValue: true})
		as, err2 := s.shown.Columns()
		if err = errors.Join(err, err2); err != nil {
			return s.end(line, 0, "the sheet cannot be read: %v", err)
		}
		if line <= s.Skip || strings.Join(cells, "") == "" {
			continue
		}
		for i := range min(len(cells), len(as)) {
			cells[i] = dated(cells[i], as[i], s.since1904)
		}
		if h == nil {
			if h, err = s.head(cells, line); err != nil {
				return err
			}
			continue
		}
		for len(cells) < len(h.names) {
			cells = append(cells, "") // empty cells at the end of a row are not stored
		}
		if err := s.emit(&Row{Cells: cells, head: h, place: func(i int) (int, int) { return line, i + 1 }}, line); err != nil {
			return err
		}
	}
	if err := errors.Join(s.stored.Error(), s.shown.Error()); err != nil {
		return fmt.Errorf("reading %s: %w", s.reading.name, err)
	}
	if h == nil {
		return s.end(1, 0, "the sheet %q has no row with the names of the columns", graph.Clip(s.name))
	}
	return nil
}

// looksLikeDate matches a date in the form in which Excel displays it.
var looksLikeDate = regexp.MustCompile(`(?i)^\d{1,4}[-/. ]\d{1,2}[-/. ]\d{2,4}\b|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)`)

// dated returns the date of a cell that is stored as a number and displayed as a date.
func dated(stored, shown string, since1904 bool) string {
	if stored == shown || !looksLikeDate.MatchString(shown) {
		return stored
	}
	days, err := strconv.ParseFloat(stored, 64)
	if err != nil || days < 0 || math.IsNaN(days) {
		return stored
	}
	at, err := excelize.ExcelDateToTime(days, since1904)
	if err != nil {
		return stored
	}
	if at = at.Round(time.Second); at.Equal(at.Truncate(24 * time.Hour)) {
		return at.Format(time.DateOnly)
	}
	return at.Format("2006-01-02T15:04:05")
}
