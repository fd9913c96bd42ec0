// Package lab is the simulated estate that `--lab`, `lab serve` and the tests run against: Lync or Skype for Business
// Server behind WS-Management over TLS, and name servers, on loopback. Sessions, protocols and parsers in between are
// the real ones; only the far end is simulated, so that a cut-over can be rehearsed on a laptop.
//
// An [Estate] is the state: one readable file with a change log beside it. [Seed] makes one as found in the wild before
// hybrid; [Start] serves it. The cmdlets are held to the published tables (package cmdlets); what is specific to a
// noun stands in a file of its own.
package lab
