# Answer three questions with R.
#
# Usage: Rscript questions.R [URL]      (default: http://127.0.0.1:8080)
#
# Needs jsonlite, in Debian r-cran-jsonlite. questions.py and questions.sh ask the same.
suppressPackageStartupMessages(library(jsonlite))
options(width = 160)

url <- commandArgs(trailingOnly = TRUE)
if (length(url) == 0) url <- "http://127.0.0.1:8080"

address <- function(path, query) paste0(url, path, "?query=", URLencode(query, reserved = TRUE))

# An answer with one list is a table; "NA" is a text, and only an empty cell is unknown.
ask <- function(query) read.csv(address("/graphql.csv", query), na.strings = "", encoding = "UTF-8")

cat("How does Kazakh uranium reach Europe without Russia?\n\n")
# Each route has a list of legs, so the answer is JSON instead of a table.
answer <- fromJSON(address("/graphql", '{
  routes(from: "KAZ", to: "eu", avoid: ["RUS"], cargo: "uranium", first: 1) {
    routes { avoidance legs { from { name } to { name } mode status distanceKm } }
  }
}'), flatten = TRUE)
if (!is.null(answer$errors)) stop(answer$errors$message)
routes <- answer$data$routes$routes
cat("avoidance", routes$avoidance, "\n")
for (legs in routes$legs) print(legs[c("from.name", "to.name", "mode", "status", "distanceKm")], row.names = FALSE)

cat("\nHow far does Japan depend on China?\n\n")
# China's share, at least and at most: what no source states may come from anyone.
share <- function(arguments = "") {
  partners <- ask(paste0('{
    dependency(of: "JPN"', arguments, ') { basis { scope } year partners { partner { id } share { low high } } }
  }'))
  names(partners) <- sub("^dependency[.]", "", names(partners))
  partners[partners$partner.id == "CHN", c("year", "share.low", "share.high", "basis.scope")]
}
cat("all goods:\n")
print(share(), row.names = FALSE)

# What the sources state, one row for each claim; two sources may state two figures for a year.
stated <- ask('{
  country(id: "JPN") {
    importsFrom(
      series: true, orderBy: [{ claim: { validFrom: ASC } }]
      where: { node: { id: { eq: "CHN" } }, edge: { resource: { eq: "rare-earths" } } }
    ) {
      edges { from to share scope claim { source { name } } }
    }
  }
}')
cat("\nrare earths, as stated:\n")
print(stated, row.names = FALSE, right = FALSE)
years <- sort(unique(substr(stated$from, 1, 4)))
cat("\nrare earths, by year:\n")
print(do.call(rbind, lapply(years, function(year) share(paste0(', resource: "rare-earths", year: ', year)))), row.names = FALSE)

cat("\nWhat was Kazakhstan's capital called in 2020?\n\n")
# The view sets the date of everything below it.
capital <- ask('{ country(id: "KAZ", view: { asOf: "2020" }) { capital { name } } }')
cat(capital$country.capital.name, "\n")
