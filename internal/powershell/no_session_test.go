package powershell

import (
	"errors"
	"testing"
)

func TestNoSessionNamesEachHostOnce(t *testing.T) {
	t.Parallel()
	refused := errors.New("b:5986 answered HTTP 401: refused")
	err := error(&NoSessionError{[]HostError{
		{"c:5986", errors.New("c:5986: connection refused")}, {"b:5986", refused}, {"a:5986", errors.New("no route")},
	}})
	want := "b:5986 answered HTTP 401: refused\nno session on a:5986: no route\nno session on c:5986: connection refused"
	if err.Error() != want {
		t.Errorf("got %s", err)
	}
	if !errors.Is(err, refused) {
		t.Error("what happened on a host is lost")
	}
}
