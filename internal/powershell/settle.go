package powershell

// settles gives up the place of a session that no host takes since this account has as many shells as it may, as long as there
// are others: from then on calls share those. It says whether the caller is to wait for one of them.
func (p *Pool) settles(err error) bool {
	if !tooManyShells(err) {
		return false
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.live() == 0 || len(p.idle) > 0 || p.ctx.Err() != nil {
		return false
	}
	p.settled++ // and the caller's token stays where it is
	p.options.Log.Warn("the hosts let this account have no further sessions, going on with those there are", "sessions", p.live(), "error", err)
	return true
}

// unsettle has the pool try for its full size again.
func (p *Pool) unsettle() {
	for ; p.settled > 0; p.settled-- {
		<-p.slots
	}
	for _, s := range p.stations {
		s.most = 0
	}
}

// regrow forgets after a while what hosts refused.
func (p *Pool) regrow() {
	if p.settled > 0 && p.ctx.Err() == nil && p.options.Clock.Since(p.bounded) >= regrowAfter {
		p.unsettle()
	}
}

// Size is how many calls there can be at once: so many sessions as were asked for, or fewer where the hosts let the account
// have no more.
func (p *Pool) Size() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.options.Size - p.settled
}
