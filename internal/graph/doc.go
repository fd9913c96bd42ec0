// Package graph speaks Microsoft Graph over REST, and finds a tenant by OpenID discovery.
//
// Graph offers no If-Match for most of its objects, answers with 429 and Retry-After under load, and pages its lists by
// opaque links (https://learn.microsoft.com/graph/throttling, /graph/paging, /graph/errors). Reads are repeated on 429
// and 5xx. A write is repeated on 429 only, where Graph says that it was not done: whatever leaves that in doubt is a
// [rest.LostError], and what became of it must be read.
package graph
