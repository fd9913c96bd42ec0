package render

import "strings"

// entry writes what unfolds of a change or of a block. These are most of a page, and the layout's way, by reflection, would take
// longer than planning did.
func (h markupWriter) entry(e *entry) {
	h.summary(e)
	h.around("\n<div class=\"body\" id=\"", e.ID, `">`)
	h.with("\n<p class=\"attention lines\">", e.Unplanned, "</p>")
	h.with("\n<p class=\"lines\">since ", e.Since, "</p>")
	h.difference(e)
	h.parameters(e.Parameters)
	h.users(e)
	for i := range e.Blocked {
		h.blocked(&e.Blocked[i])
	}
	for i := range e.Steps {
		h.steps(&e.Steps[i])
	}
	h.list("\n<h4>To know</h4>\n<ul>", "\n<li>", e.Notes, "</li>", "\n</ul>")
	h.after(e.After)
	h.source(e)
	h.tag("\n</div>\n</details>")
}

// summary is the line that can be unfolded.
func (h markupWriter) summary(e *entry) {
	h.around("\n<details class=\"entry ", e.Class, `"`)
	h.around(` data-kind="`, e.Kind, `"`)
	h.around(` data-risk="`, e.Risk, `"`)
	h.tag(` data-rank="`)
	h.number(e.Rank)
	h.around("\">\n<summary><span class=\"sign\" aria-hidden=\"true\">", e.Sign, "</span><h3>")
	h.with(`<span class="deed">`, e.Deed, "</span> ")
	h.around(`<span class="address">`, e.Address, "</span></h3>")
	if e.RiskWords != "" {
		h.around(`<span class="risk `, e.Risk, `">`)
		h.around("", e.RiskWords, "</span>")
	}
	h.with(`<span class="at">`, e.At, "</span>")
	h.with(`<span class="headline">`, e.Headline, "</span>")
	h.with(`<span class="origin">`, e.Origin, "</span>")
	h.tag("</summary>")
}

// difference is what of an object differs, and what the server does not tell.
func (h markupWriter) difference(e *entry) {
	if len(e.Fields)+len(e.Unread) == 0 {
		return
	}
	h.tag("\n<h4>Difference</h4>\n<dl class=\"fields\">")
	for i := range e.Fields {
		h.field(&e.Fields[i])
	}
	h.each("\n<div class=\"unknown\"><dt><span class=\"sign\" aria-hidden=\"true\">?</span>", e.Unread, "</dt><dd>the server does not tell</dd></div>")
	h.tag("\n</dl>")
}

func (h markupWriter) field(f *entryField) {
	h.around("\n<div class=\"", f.Class, `">`)
	h.around(`<dt><span class="sign" aria-hidden="true">`, f.Sign, "</span>")
	h.around(`<span class="hear">`, f.Deed, " </span>")
	h.around("", f.Name, "</dt>")
	switch {
	case f.Lost:
		h.tag("<dd>the server does not tell, so the new object is made without it</dd>")
	case f.IsSet:
		h.members(f)
	default:
		h.sides(f)
	}
	if f.Forces {
		h.tag(` <strong class="forces">forces replacement</strong>`)
	}
	h.with(` <span class="origin">`, f.Origin, "</span>")
	if !f.Lost {
		h.tag("</dd>")
	}
	h.tag("</div>")
}

// members is what comes into a set and goes out of it.
func (h markupWriter) members(f *entryField) {
	h.tag(`<dd><ul class="members">`)
	h.each(`<li><del><span class="sign" aria-hidden="true">-</span><span class="hear">goes: </span>`, f.Gone, "</del></li>")
	h.each(`<li><ins><span class="sign" aria-hidden="true">+</span><span class="hear">comes: </span>`, f.Come, "</ins></li>")
	h.with(`<li class="quiet">`, f.Stay, "</li>")
	h.tag("</ul>")
}

func (h markupWriter) sides(f *entryField) {
	h.tag("<dd>")
	h.with("<del>", f.Before, "</del>")
	if f.Before != "" && f.After != "" {
		h.tag(`<span class="to" aria-hidden="true"> → </span><span class="hear"> becomes </span>`)
	}
	h.with("<ins>", f.After, "</ins>")
}

func (h markupWriter) parameters(all []remark) {
	if len(all) == 0 {
		return
	}
	h.tag("\n<h4>For each of the users</h4>\n<dl class=\"fields\">")
	for _, p := range all {
		h.around("\n<div><dt>", p.Name, "</dt>")
		h.around("<dd>", p.Text, "</dd></div>")
	}
	h.tag("\n</dl>")
}

// users is the table of who changes. It has the columns that say something of some of them.
func (h markupWriter) users(e *entry) {
	if len(e.Users) == 0 {
		return
	}
	h.around("\n<h4>Users</h4>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Users of ", e.Address, `">`)
	h.tag("\n<table><thead><tr><th scope=\"col\">User</th>")
	columns := []struct {
		there bool
		head  markup
		of    func(*entryUser) string
	}{
		{e.Mixed, `<th scope="col">Action</th>`, func(u *entryUser) string { return u.Deed }},
		{e.Differ, `<th scope="col">Difference</th>`, func(u *entryUser) string { return u.Says }},
		{e.Origin != "", `<th scope="col">Changed</th>`, func(u *entryUser) string { return u.Origin }},
	}
	for _, c := range columns {
		if c.there {
			h.tag(c.head)
		}
	}
	h.tag("</tr></thead><tbody>")
	for i := range e.Users {
		h.around("\n<tr><td>", e.Users[i].SIP, "</td>")
		for _, c := range columns {
			if c.there {
				h.around("<td>", c.of(&e.Users[i]), "</td>")
			}
		}
		h.tag("</tr>")
	}
	h.tag("\n</tbody></table>\n</div>")
	h.with("\n<p class=\"more\">", e.MoreUsers, "</p>")
}

func (h markupWriter) blocked(b *entryBlocked) {
	h.around("\n<h4><span aria-hidden=\"true\">! </span>", b.Words, " blocked</h4>")
	h.around("\n<p class=\"attention lines\">", b.Reason, "</p>")
	h.tag("\n<ul class=\"names\">")
	h.each("\n<li>", b.Users, "</li>")
	h.tag("\n</ul>")
	h.with("\n<p class=\"more\">", b.More, "</p>")
}

func (h markupWriter) steps(s *entrySteps) {
	h.around("\n<h4>Commands, in order", s.Of, "</h4>\n<ol class=\"commands\">")
	h.each("\n<li><pre>", s.Do, "</pre></li>")
	h.around("\n</ol>\n<h4>Undo", s.Of, "</h4>")
	if len(s.Undo) == 0 {
		h.around("\n<p>", s.NoUndo, "</p>")
	}
	h.list("\n<ol class=\"commands undo\">", "\n<li><pre>", s.Undo, "</pre></li>", "\n</ol>")
	h.list("\n<h4>What no undo brings back</h4>\n<ul class=\"lost\">", "\n<li>", s.Lost, "</li>", "\n</ul>")
}

// after is what comes before, with links that stay on the page whatever they are made of.
func (h markupWriter) after(all []remark) {
	if len(all) == 0 {
		return
	}
	h.tag("\n<h4>Comes after</h4>\n<ul class=\"after\">")
	for _, r := range all {
		h.tag("\n<li>")
		if r.Href != "" {
			h.around(`<a href="#`, strings.TrimPrefix(r.Href, "#"), `">`)
			h.around("", r.Name, "</a>")
		} else {
			h.text(r.Name)
		}
		h.text(r.Text)
		h.with(` <span class="at">`, r.At, "</span>")
		h.tag("</li>")
	}
	h.tag("\n</ul>")
}

// source is the block as the configuration has it.
func (h markupWriter) source(e *entry) {
	if len(e.Source) == 0 {
		return
	}
	h.tag("\n<h4>Configuration")
	h.with(` <span class="at">`, e.At, "</span>")
	h.tag("</h4>\n<pre class=\"source\">")
	for _, line := range e.Source {
		h.around(`<span class="number" aria-hidden="true">`, line.Name, "</span>")
		h.around("", line.Text, "\n")
	}
	h.tag("</pre>")
	h.with("\n<p class=\"more\">", e.MoreSource, "</p>")
}
