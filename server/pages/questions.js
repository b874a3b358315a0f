// The example questions, as queries that the user can read and change.
import { claim, conflictsOf } from './queries.js';

// Each: question, query, hint on the answer, and where to show it, if not here and today.
export const questions = [
  ['How does Kazakh uranium reach Europe without Russia?', `query ($view: View) {
  routes(from: "KAZ", to: "eu", avoid: ["RUS"], view: $view) {
    routes {
      countries { id name } waters { id name } avoidance distanceKm
      legs { from { id name } to { id name } mode status }
    }
    blocked { release { id name } }
  }
}`, 'Routes that goods could take; not evidence that they do.', { from: 'KAZ', to: 'eu', avoid: 'RUS' }],
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
}`, 'The claims about its exports, for all years.'],
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
}`, 'A share ranges from the stated figure to that figure plus the unknown part. The hhi is the concentration: 1 means a single partner. The others count something else and are not included.'],
  ['What was Kazakhstan’s capital called in 2020?', `query ($view: View) {
  country(id: "KAZ", view: $view) {
    capital { id name }
    claims(predicate: "capital") {
      nodes {
        ${claim}
      }
    }
  }
}`, 'Names are those of the date; the name that a source wrote is shown with it.', { asOf: '2020' }],
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
}`, 'A path of claims is not evidence of supply or cause. An entity with many links explains little and scores low.'],
  ['What does every route to the EU pass, without Russia and Iran?', `query ($view: View) {
  chokepoints(from: "KAZ", to: "eu", avoid: ["RUS", "IRN"], view: $view) { kind cut { id name } removes pairs }
}`, 'If one of these closes, no route is left; removes counts the pairs of places that lose their last route.'],
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
}`, 'The claims that differ between the two dates.'],
  ['Who disagrees about Japan’s trade?', conflictsOf('JPN'), 'Claims that cannot all be true.'],
];
