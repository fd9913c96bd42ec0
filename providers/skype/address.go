package skype

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// orNothing accepts "" as well, which takes a text away.
func orNothing(check func(cty.Value) error) func(cty.Value) error {
	return func(v cty.Value) error {
		if v.AsString() == "" {
			return nil
		}
		return check(v)
	}
}

// normCaseless is for texts that the servers compare without case.
func normCaseless(v cty.Value) cty.Value { return cty.StringVal(strings.ToLower(v.AsString())) }

// checkURL accepts an https URL with a host name.
func checkURL(v cty.Value) error {
	_, err := parseURL(v.AsString())
	return err
}

func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || strings.ContainsAny(text, " \t\r\n"):
		return nil, fmt.Errorf("%q is no URL: write it whole and without spaces, such as \"https://host.contoso.com/path\".", text)
	case u.Scheme == "http":
		return nil, fmt.Errorf("%q is not protected: write https instead of http.", text)
	case u.Scheme != "https" || u.Host == "":
		return nil, fmt.Errorf("%q is no https URL: write it whole, such as \"https://host.contoso.com/path\".", text)
	case u.User != nil:
		return nil, errors.New("The URL holds a user name or password: leave them out, they would be stored in clear text.")
	}
	if problem := fqdnProblem(u.Hostname()); problem != "" {
		return nil, fmt.Errorf("The host of the URL is wrong: %s", problem)
	}
	return u, nil
}

// normURL is the form in which URLs are compared: scheme and host without case, without the port that https has anyway, and
// with the path / where there is none (RFC 3986 sections 6.2.2.1 and 6.2.3).
func normURL(v cty.Value) cty.Value {
	scheme, rest, ok := strings.Cut(v.AsString(), "://")
	if !ok {
		return v
	}
	end := len(rest)
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		end = at
	}
	scheme, host, path := strings.ToLower(scheme), strings.ToLower(rest[:end]), rest[end:]
	if scheme == "https" {
		host = strings.TrimSuffix(host, ":443")
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return cty.StringVal(scheme + "://" + host + path)
}

// autodiscoverPath is the path that every autodiscover URL of a tenant ends in.
const autodiscoverPath = "/Autodiscover/AutodiscoverService.svc/root"

// checkAutodiscoverURL refuses the address of the administration service, which the published procedures keep close
// to the one of autodiscover.
func checkAutodiscoverURL(v cty.Value) error {
	u, err := parseURL(v.AsString())
	if err != nil {
		return err
	}
	if rest, admin := adminHost(u.Hostname(), "admin"); admin {
		return fmt.Errorf("%q is the administration service: autodiscover is at \"https://webdir%s%s\".", v.AsString(), rest, autodiscoverPath)
	}
	return nil
}

// migrationPath is where the hosted migration service answers on a tenant's administration host.
const migrationPath = "/HostedMigration/hostedmigrationService.svc"

// checkMigrationURL accepts https://admin….online.lync.com/HostedMigration/hostedmigrationService.svc.
func checkMigrationURL(v cty.Value) error {
	u, err := parseURL(v.AsString())
	if err != nil {
		return err
	}
	host := strings.ToLower(u.Hostname())
	if strings.HasPrefix(host, "webdir.online.") || strings.HasPrefix(host, "admin.online.") {
		return fmt.Errorf("%q names no forest, and users are moved through that of the tenant: write \"https://admin0a.online.lync.com%s\" with the forest's own letters for 0a, or take it from data \"forest\".", v.AsString(), migrationPath)
	}
	if rest, webdir := adminHost(host, "webdir"); webdir {
		return fmt.Errorf("%q names the webdir host, and users are moved through the admin host: write \"https://admin%s%s\".", v.AsString(), rest, migrationPath)
	}
	if !strings.EqualFold(u.Path, migrationPath) {
		return fmt.Errorf("%q does not lead to the hosted migration service: write \"https://%s%s\".", v.AsString(), host, migrationPath)
	}
	return nil
}

// adminHost cuts a prefix off the host name of a hosted service: "webdir0a.online.lync.com" gives "0a.online.lync.com".
func adminHost(host, prefix string) (rest string, ok bool) {
	host = strings.ToLower(host)
	if !strings.HasPrefix(host, prefix) || !strings.Contains(host, ".online.") {
		return "", false
	}
	return host[len(prefix):], true
}
