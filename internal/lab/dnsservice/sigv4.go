package dnsservice

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

var sigv4Form = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/route53/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$`)

// signed says of a request to AWS why its signature (version 4) does not hold, nil where it does
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
func (s *Server) signed(r *http.Request, body []byte) *refusal {
	parts := sigv4Form.FindStringSubmatch(r.Header.Get("Authorization"))
	if parts == nil {
		return &refusal{http.StatusForbidden, "MissingAuthenticationToken", "Missing Authentication Token"}
	}
	key, date, region, headers, signature := parts[1], parts[2], parts[3], parts[4], parts[5]
	if key != s.o.KeyID {
		return &refusal{http.StatusForbidden, "InvalidClientTokenId", "The security token included in the request is invalid."}
	}
	sum := func(data []byte) string { h := sha256.Sum256(data); return hex.EncodeToString(h[:]) }
	canonical := []string{r.Method, strings.ReplaceAll(url.PathEscape(r.URL.EscapedPath()), "%2F", "/"), strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20")}
	for _, name := range strings.Split(headers, ";") {
		value := r.Header.Get(name)
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = r.Header.Get("Content-Length")
		}
		canonical = append(canonical, name+":"+strings.TrimSpace(value))
	}
	canonical = append(canonical, "", headers, sum(body))
	scope := date + "/" + region + "/route53/aws4_request"
	text := "AWS4-HMAC-SHA256\n" + r.Header.Get("X-Amz-Date") + "\n" + scope + "\n" + sum([]byte(strings.Join(canonical, "\n")))
	mac := func(key []byte, data string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(data))
		return h.Sum(nil)
	}
	secret := mac(mac(mac(mac([]byte("AWS4"+s.o.Secret), date), region), "route53"), "aws4_request")
	if !hmac.Equal([]byte(hex.EncodeToString(mac(secret, text))), []byte(signature)) {
		return &refusal{http.StatusForbidden, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method."}
	}
	return nil
}
