// Queries that links and examples share; the user can read and change them.

export const claim = `subject { id name } predicate value object { id name }
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
