package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hybrid/internal/rest"
	"hybrid/internal/token"
)

// An Error is Graph's refusal of a request (https://learn.microsoft.com/graph/errors).
type Error struct {
	Status          int
	Code            string // "Authorization_RequestDenied"
	Message         string
	RequestID       string // what Microsoft's support asks for
	ClientRequestID string
	Remedy          string // what to do; "" where nothing is known

	doing      string
	retryAfter time.Duration
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d", e.doing, e.Status)
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	if e.Message != "" {
		b.WriteString(": " + strings.TrimSuffix(e.Message, "."))
	}
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	fmt.Fprintf(&b, " (request-id %s)", orNone(e.RequestID))
	return b.String()
}

func orNone(text string) string {
	if text == "" {
		return "not given"
	}
	return text
}

// NotFound says whether an error is Graph's word that there is no such object.
func NotFound(err error) bool {
	var refused *Error
	return errors.As(err, &refused) && refused.Status == http.StatusNotFound && refused.Code == "Request_ResourceNotFound"
}

// A request is what an error is about.
type request struct{ method, address, id string }

func (r request) String() string {
	doing := "changing"
	if r.method == http.MethodGet {
		doing = "reading"
	}
	return doing + " " + shortAddress(r.address)
}

// shortAddress is an address without version and query: "servicePrincipals/… at graph.microsoft.com".
func shortAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "Microsoft Graph"
	}
	return strings.TrimPrefix(u.Path, "/v1.0/") + " at " + u.Host
}

// refused explains a status that is no success.
func (r request) refused(resp *http.Response, body []byte) error {
	var answer struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &answer) // what is not JSON has no code
	e := &Error{
		Status: resp.StatusCode, Code: answer.Error.Code, Message: answer.Error.Message, ClientRequestID: r.id,
		RequestID: resp.Header.Get("request-id"), doing: r.String(), retryAfter: rest.RetryAfter(resp.Header, time.Now()),
	}
	e.Remedy = e.remedy(r)
	if r.method != http.MethodGet && e.Status >= 500 {
		return &rest.LostError{Err: e}
	}
	return e
}

// remedy says what to do. Permissions are those that Graph documents for servicePrincipals and users: an application may
// change service principals that it does not own with Application.ReadWrite.All only.
func (e *Error) remedy(r request) string {
	switch e.Status {
	case http.StatusUnauthorized:
		return "the token is not accepted: check that hybrid { cloud = … } is the tenant's own cloud, and this machine's clock"
	case http.StatusForbidden:
		permission := "Application.Read.All"
		switch {
		case r.method != http.MethodGet:
			permission = "Application.ReadWrite.All"
		case strings.Contains(r.address, "/v1.0/users/"):
			permission = "User.Read.All"
		}
		return "the application that signs in lacks a permission: give it the application permission " + permission +
			" and have an administrator grant consent; if it has that, Microsoft does not permit it on this object"
	case http.StatusNotFound:
		if strings.Contains(r.address, "servicePrincipals") {
			return "the tenant has no such service principal: its application is not instantiated there"
		}
	case http.StatusTooManyRequests:
		return "Graph is throttling, and did so after every pause: try again later"
	}
	if e.Status >= 500 {
		return "the fault is Graph's own: try again later"
	}
	return ""
}

// failed explains a request without an answer.
func (r request) failed(err error, sent *sending) error {
	var signIn *token.SignInError
	switch {
	case errors.As(err, &signIn):
		return signIn
	case !sent.begun.Load():
		return token.Refused(err)
	}
	plain := rest.Bare(err)
	explained := fmt.Errorf("%s: %w; check the network and any proxy in between", r, plain)
	switch {
	case r.method != http.MethodGet && sent.written.Load():
		return &rest.LostError{Err: fmt.Errorf("%s: sent, and no answer came: %w", r, plain)}
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", r, plain)
	case r.method != http.MethodGet:
		return fmt.Errorf("%w; nothing was sent", explained)
	}
	return &rest.CutError{Err: explained}
}
