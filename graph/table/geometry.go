package table

import (
	"strconv"

	"github.com/caspian-kg/caspian/graph"
)

// Columns that a feature of GeoJSON has by its geometry, which is a point or a line, or several of them.
const (
	LengthColumn = "@length" // of the lines, in km along great circles
	StartColumn  = "@start"  // the first point, as latitude,longitude
	EndColumn    = "@end"    // the last point
	PointsColumn = "@points" // every point
)

// GeometryColumns are the columns that a feature has by its geometry.
var GeometryColumns = []string{LengthColumn, StartColumn, EndColumn, PointsColumn}

// point is a position: the longitude and the latitude, as they are written and as numbers.
type point struct {
	text     string
	lat, lon float64
}

// geometry returns what a feature has in a column of its geometry; nothing if it has no lines or points.
func (n *node) geometry(column string) []string {
	lines, _ := n.lines()
	var points []string
	km := 0.0
	for _, line := range lines {
		for i, p := range line {
			points = append(points, p.text)
			if i > 0 {
				km += graph.GreatCircleKm(line[i-1].lat, line[i-1].lon, p.lat, p.lon)
			}
		}
	}
	switch {
	case len(points) == 0 || column == LengthColumn && km == 0:
		return nil
	case column == LengthColumn:
		return []string{strconv.FormatFloat(km, 'f', 1, 64)}
	case column == StartColumn:
		return points[:1]
	case column == EndColumn:
		return points[len(points)-1:]
	}
	return points
}

// lines returns the lines of a feature's geometry, in which a point is a line by itself, or the kind of a geometry that
// has neither lines nor points.
func (n *node) lines() (lines [][]point, other string) {
	g := n.under("geometry")
	if g == nil {
		return nil, ""
	}
	coordinates := g.under("coordinates")
	if coordinates == nil {
		coordinates = &node{}
	}
	switch kind := g.member("type"); kind {
	case "Point":
		lines = appendLine(nil, node{list: []node{*coordinates}})
	case "LineString":
		lines = appendLine(nil, *coordinates)
	case "MultiLineString":
		for _, one := range coordinates.list {
			lines = appendLine(lines, one)
		}
	case "MultiPoint":
		for _, one := range coordinates.list {
			lines = appendLine(lines, node{list: []node{one}})
		}
	default:
		other = kind
	}
	return lines, other
}

// member is the text of a member of an object.
func (n *node) member(name string) string {
	if below := n.under(name); below != nil {
		return below.text
	}
	return ""
}

// appendLine appends the points of a line, without those that are none.
func appendLine(lines [][]point, of node) [][]point {
	var line []point
	for _, p := range of.list {
		if len(p.list) < 2 {
			continue
		}
		lon, err := strconv.ParseFloat(p.list[0].text, 64)
		lat, err2 := strconv.ParseFloat(p.list[1].text, 64)
		if err == nil && err2 == nil {
			line = append(line, point{p.list[1].text + "," + p.list[0].text, lat, lon})
		}
	}
	return append(lines, line)
}

// OtherGeometry returns the kind of the geometry of a feature of GeoJSON that has neither points nor lines; "" for any
// other row.
func (r *Row) OtherGeometry() string {
	if r.record == nil {
		return ""
	}
	_, other := r.record.lines()
	return other
}
