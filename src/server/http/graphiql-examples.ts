const CHANGES = `
fragment Changes on Changeset {
  counts {
    inserted updated deleted
    linked unlinked unchanged
  }
  operations {
    action type recordId reason
    changes { field from to }
  }
}
`;

/**
 * The tabs that GraphiQL opens with: what one does first with each tool. The page puts what it
 * finds in the data in place of `<id>`, a post, `<entries>`, its comments as they are to be,
 * `<tag>`, the name of a tag of it, and `<comment>`, a comment that stays.
 */
export const examples: readonly string[] = [
  `# Posts with what belongs to them:
# one statement for each level.
query ReadPosts {
  posts(first: 10, orderBy: [{ id: Asc }]) {
    totalCount
    edges {
      node {
        id
        title
        author { name }
        tags { name }
        commentCount
        comments(first: 5) { id body }
      }
    }
  }
}
`,
  `# The comments of a post as they are to be.
# Nothing is kept: it shows what would be done.
mutation PreviewCast {
  updatePost(
    id: <id>
    input: { comments: { cast: {
      entries: [<entries>]
    } } }
    options: { dryRun: true }
  ) {
    __typename
    ... on DryRun { changeset { ...Changes } }
    ... on WriteError { message }
    ... on InvalidChangeset {
      issues { code message path }
    }
  }
}
${CHANGES}`,
  `# The same, written: what is left out goes, what
# has another text is changed, what has no id is
# new. What stays as it is is not written.
mutation CastComments {
  updatePost(
    id: <id>
    input: { comments: { cast: {
      entries: [<entries>]
    } } }
  ) {
    __typename
    ... on UpdatePostSuccess {
      changeset { ...Changes }
      post { title comments { id body } }
    }
    ... on WriteError { message }
    ... on InvalidChangeset {
      issues { code message path }
    }
  }
}
${CHANGES}`,
  `# References only: the post has these tags then,
# and no others. A name that no tag has becomes one.
mutation PutTags {
  updatePost(
    id: <id>
    input: { tags: { put: {
      refs: [{ name: <tag> }, { name: "graphql" }]
      create: true
    } } }
  ) {
    __typename
    ... on UpdatePostSuccess {
      changeset { ...Changes }
      post { title tags { id name } }
    }
    ... on WriteError { message }
  }
}
${CHANGES}`,
  `# Only adds: a post, and comments through it.
mutation BuildPost {
  createPost(
    input: {
      title: "A new story"
      comments: { build: [
        { body: "First!" }
        { body: "Second" }
      ] }
    }
  ) {
    __typename
    ... on CreatePostSuccess {
      changeset { ...Changes }
      post { id title comments { id body } }
    }
    ... on WriteError { message }
  }
}
${CHANGES}`,
  `# A mistake is an answer: each issue has the path
# of its value. Nothing is written.
mutation MakeMistakes {
  updatePost(
    id: <id>
    input: {
      title: ""
      comments: { cast: { entries: [
        { id: <comment>, body: " " }
        { id: "0", body: "Whose is this?" }
      ] } }
    }
  ) {
    __typename
    ... on WriteError { message }
    ... on InvalidChangeset {
      issues { code message path }
    }
  }
}
`,
  `# Stays open: the post as it is, then after each
# write that touches it, in another window.
subscription WatchPost {
  postChanged(id: <id>) {
    post {
      title
      tags { name }
      comments { id body }
    }
    changeset {
      operations { action type recordId }
    }
  }
}
`,
];
