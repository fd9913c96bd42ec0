package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"hybrid/internal/notify"
)

// hook NAME FILE STATUS listens until the script ends, answers every request with a status, and sets a variable to a URL with
// the token tok3n in it. Each request is added to the file: its event, whether it is signed with the key s3cret-key, its body.
func hook(ts *testscript.TestScript, neg bool, args []string) {
	only(ts, neg, args, 3, "hook NAME FILE STATUS")
	status, err := strconv.Atoi(args[2])
	ts.Check(err)
	path := ts.MkAbs(args[1])
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			panic(err)
		}
		defer f.Close()
		signed := r.Header.Get(notify.SignatureHeader) == notify.Sign("s3cret-key", body)
		fmt.Fprintf(f, "event=%s signed=%v %s\n", r.Header.Get(notify.EventHeader), signed, body)
		w.WriteHeader(status)
	}))
	ts.Defer(s.Close)
	ts.Setenv(args[0], s.URL+"/hooks/tok3n?sig=tok3n")
}
