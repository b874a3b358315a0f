package codec

// Factbook reads the World Factbook's files.
var Factbook = &Format{Name: "factbook", About: "the World Factbook as JSON, one file a country"}
