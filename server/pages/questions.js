// The questions to begin with, as queries that can be read and changed.

const claim = `subject { id name } predicate value object { id name }
        qualifiers { name value object { id name } } validFrom validTo holds
        confidence source { id name url } locator original`;

export const conflictsOf = (id) => `query ($view: View) {
  conflicts(subject: ${JSON.stringify(id)}, first: 50, view: $view) {
    totalCount
    nodes {
      predicate reason
      claims {
        ${claim}
      }
    }
  }
}`;

export const timelineOf = (id) => `query ($view: View) {
  timeline(entity: ${JSON.stringify(id)}, first: 200, view: $view) {
    totalCount
    nodes {
      claim {
        ${claim}
      }
    }
  }
}`;

export const claimsOf = (source) => `query ($view: View) {
  claims(where: { source: { eq: ${JSON.stringify(source)} } }, first: 100, view: $view) {
    totalCount
    nodes {
      ${claim.replaceAll('\n  ', '\n')}
    }
  }
}`;

// What is asked, the query, how to read the answer, and, for those with a page of their
// own, its address.
export const questions = [
  ['How does Kazakh uranium reach Europe without Russia?', `query ($view: View) {
  routes(from: "KAZ", to: "eu", avoid: ["RUS"], view: $view) {
    routes {
      countries { id name } waters { id name } avoidance distanceKm
      legs { from { id name } to { id name } mode status }
    }
    blocked { release { id name } }
  }
}`, 'Routes are ways that goods could take; that any take them is not said.', { from: 'KAZ', to: 'eu', avoid: 'RUS' }],
  ['Where does Kazakh uranium go?', `query ($view: View) {
  country(id: "KAZ", view: $view) {
    exportsTo(where: { edge: { resource: { eq: "uranium" } } }, series: true) {
      edges {
        claim {
        ${claim}
        }
      }
    }
  }
}`, 'What sources say of its exports, of all years.'],
  ['How far does Japan depend on China for rare earths?', `query ($view: View) {
  dependency(of: "JPN", resource: "rare-earths", view: $view) {
    year
    partners {
      partner { id name } share { low high }
      claims {
        ${claim}
      }
    }
    unknown { low high } hhi { low high }
    others { scope claims {
        ${claim}
      } }
  }
}`, 'A share reaches from what is stated to that with all that nobody accounts for. The hhi is the concentration: 1 is a single partner. The others count something else, and are not mixed in.'],
  ['What was Kazakhstan’s capital called in 2020?', `{
  country(id: "KAZ", view: { asOf: "2020" }) {
    capital { id name }
    claims(predicate: "capital") {
      nodes {
        ${claim}
      }
    }
  }
}`, 'Names are those of the date asked for; what a source wrote stands beside it.'],
  ['What connects Japan and Kazakh uranium?', `query ($view: View) {
  connections(from: "JPN", to: "uranium", first: 8, view: $view) {
    score
    steps {
      from { id name } relation qualifier inverse to { id name }
      claim {
        ${claim}
      }
    }
  }
}`, 'That a path of claims connects them says nothing of supply or cause. What is linked with much explains little, and scores low.'],
  ['What does every route to the EU pass, without Russia and Iran?', `query ($view: View) {
  chokepoints(from: "KAZ", to: "eu", avoid: ["RUS", "IRN"], view: $view) { kind cut { id name } removes pairs }
}`, 'Without these no route is left; removes counts the pairs of places that lose their last one.'],
  ['What changed about Astana from 2018 to 2020?', `{
  changes(from: { asOf: "2018" }, to: { asOf: "2020" }, subject: "astana") {
    nodes {
      kind
      before {
        ${claim}
      }
      after {
        ${claim}
      }
    }
  }
}`, 'What claims say of the one date and of the other.'],
  ['Who disagrees about Japan’s trade?', conflictsOf('JPN'), 'Claims of which not all can be true.'],
];
