package graph

import "math"

// GreatCircleKm returns the length of the great circle between two points, in degrees, on a sphere as large as the Earth.
func GreatCircleKm(lat1, lon1, lat2, lon2 float64) float64 {
	const radius, degree = 6371, math.Pi / 180
	dlat, dlon := (lat2-lat1)*degree/2, (lon2-lon1)*degree/2
	h := math.Sin(dlat)*math.Sin(dlat) + math.Cos(lat1*degree)*math.Cos(lat2*degree)*math.Sin(dlon)*math.Sin(dlon)
	return 2 * radius * math.Asin(math.Sqrt(min(1, h)))
}
