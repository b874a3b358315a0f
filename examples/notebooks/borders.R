# Rank countries by the borders that shortest paths over land cross.
#
# Usage: Rscript borders.R [URL]      (default: http://127.0.0.1:8080)
#
# Needs igraph, in Debian r-cran-igraph.
suppressPackageStartupMessages(library(igraph))

url <- commandArgs(trailingOnly = TRUE)
if (length(url) == 0) url <- "http://127.0.0.1:8080"

# A query whose answer has one list is a table.
query <- "{countries(first: 1000) {nodes {id name}}}"
countries <- read.csv(paste0(url, "/graphql.csv?query=", URLencode(query, reserved = TRUE)), na.strings = "")

# All relations of countries, as a network for igraph.
file <- tempfile(fileext = ".graphml")
download.file(paste0(url, "/export?format=graphml&type=Country"), file, quiet = TRUE)
network <- read_graph(file, format = "graphml")
borders <- simplify(as.undirected(subgraph.edges(network, which(E(network)$predicate == "borders"))))

between <- betweenness(borders, normalized = TRUE)
best <- order(-between)[1:10]
ids <- V(borders)$id[best]
print(data.frame(id = ids, name = countries$name[match(ids, countries$id)], between = round(between[best], 3)))
