package analysis

import "errors"

// errWork tells that the bound on the work of a question is reached.
var errWork = errors.New("analysis: the work is used up")

// Blockage is what stands in the way where there is no route.
type Blockage struct {
	// Release are avoided countries, waters and nodes, and legs that are closed
	// or avoided: with none of these in the way there is a route, and with any
	// of them left there is none.
	Release []uint32
	// Opens is the best of the routes that it opens.
	Opens Route
}

// Miss is a leg that the way on would need.
type Miss struct {
	Leg Leg
	// Bars are what keeps it from being used, as in Blockage.Release.
	Bars []uint32
	// Left is how many legs lie behind it on the shortest way to the end.
	Left int
}
