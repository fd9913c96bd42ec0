package render

import "time"

// watchEvery is how often is looked whether users are to be told of again: a host that hangs tells of nobody.
const watchEvery = 5 * time.Second

// watch begins to look after the users under way, where nobody does yet. The caller holds p.mu.
func (p *Progress) watch() {
	if p.stop != nil {
		return
	}
	p.stop = make(chan struct{})
	go p.watching(p.stop)
}

// watching tells of users once a minute until stop is closed.
func (p *Progress) watching(stop <-chan struct{}) {
	tick := p.o.Tick
	if tick == nil {
		ticker := time.NewTicker(watchEvery)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		select {
		case <-stop:
			return
		case <-tick:
			p.look()
		}
	}
}

// look tells of all users under way of whom nothing was told for a minute.
func (p *Progress) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, q := range p.under {
		if taken(q.last) >= q.last.Total {
			continue // they wait to be read back, together with others
		}
		q.last.Millis = max(q.last.Millis, p.o.Now().Sub(q.started).Milliseconds())
		p.minute(q)
	}
}

// minute tells how far users are where the last time was a minute ago.
func (p *Progress) minute(q *quiet) {
	now := p.o.Now()
	if now.Sub(q.at) < time.Minute {
		return
	}
	q.at = now
	p.line(p.paint.name(q.last) + "  " + p.paint.far(&q.crowd))
}
