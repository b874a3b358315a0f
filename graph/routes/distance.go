package routes

import "math"

const (
	earthRadiusKm = 6371.0
	// detour is the assumed ratio of a leg's length to the straight line. The median over the 90 legs of the
	// seeds with both known is 1.22.
	detour = 1.25
	// unknownKm is the assumed length of a leg if neither its length nor the coordinates of its ends are known.
	// It is longer than most legs, so that an unknown length gives no advantage.
	unknownKm = 1000.0
	// maxKm bounds a distance, so that sums in metres are exact.
	maxKm = 50_000.0
)

// estimate sets the length by which a leg is ranked: the stated length, or else the straight line times detour,
// or else unknownKm.
func (c *compiler) estimate(l *leg) {
	km := l.km
	if math.IsNaN(km) {
		km = unknownKm
		if a, b := c.nodes[l.from], c.nodes[l.to]; a.located && b.located {
			km = detour * greatCircleKm(a.lat, a.lon, b.lat, b.lon)
		}
	}
	l.estimate = int64(math.Round(min(max(km, 0), maxKm) * 1000))
}

// greatCircleKm returns the length of the great circle between two points on a sphere.
func greatCircleKm(lat1, lon1, lat2, lon2 float64) float64 {
	rad := math.Pi / 180
	dlat, dlon := (lat2-lat1)*rad/2, (lon2-lon1)*rad/2
	h := math.Sin(dlat)*math.Sin(dlat) + math.Cos(lat1*rad)*math.Cos(lat2*rad)*math.Sin(dlon)*math.Sin(dlon)
	return 2 * earthRadiusKm * math.Asin(math.Sqrt(min(1, h)))
}
