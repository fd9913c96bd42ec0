package config

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// withSecrets is a configuration in which secrets are written out, or come from elsewhere.
const withSecrets = `variable "open" {
  default = "in the open"
}

variable "pin" {
  sensitive = true
  default   = "wxyz-1234"
}

provider "skype" {
  hosts    = ["fe01.contoso.com"]
  password = "hunter-22"
}

provider "dns" "external" {
  server = "192.0.2.53"
  tsig {
    secret = env("HYBRID_TSIG")
  }
}

notify "ops" {
  on     = ["run"]
  type   = "webhook"
  url    = "https://hooks.contoso.com/t0ken"
  secret = "signing-key"
}

variable "key" {
  sensitive = true
  default   = <<-END
    first-of-many
    last-of-many
  END
}

allowed_domain "contoso.com" {
  proxy_fqdn = "${sensitive("whisper")}.${var.open}"
}

allowed_domain "fabrikam.com" {
  proxy_fqdn = sensitive("hush-\"hush")
}
`

func TestSecretsAreBlottedOutAndKnown(t *testing.T) {
	t.Parallel()
	c, diags := Load(write(t, withSecrets), with(map[string]string{"HYBRID_TSIG": "S0VZLUtFWQ=="}))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var shown string
	for _, src := range c.Sources {
		shown = string(src)
	}
	if len(shown) != len(withSecrets) || strings.Count(shown, "\n") != strings.Count(withSecrets, "\n") {
		t.Fatalf("places are not where they were:\n%s", shown)
	}
	for _, node := range c.Nodes {
		blots := regexp.MustCompile(`\*+`)
		if node.Source == "" || !strings.Contains(blots.ReplaceAllString(shown, "*"), blots.ReplaceAllString(node.Source, "*")) {
			t.Errorf("the text of %s is another one:\n%s", node.Address, node.Source)
		}
	}
	for _, node := range c.Nodes {
		for _, blot := range regexp.MustCompile(`\*+`).FindAllString(node.Source, -1) {
			if blot != evenBlot {
				t.Errorf("how long a secret is shows in the text of %s:\n%s", node.Address, node.Source)
			}
		}
	}
	for _, part := range []string{"first-of-many", "last-of-many", "hush-"} {
		if strings.Contains(shown, part) {
			t.Errorf("%q is shown:\n%s", part, shown)
		}
	}
	for _, secret := range []string{"wxyz-1234", "hunter-22", "whisper", "S0VZLUtFWQ==", "whisper.in the open", "https://hooks.contoso.com/t0ken", "signing-key", `hush-"hush`} {
		if strings.Contains(shown, secret) {
			t.Errorf("%q is shown:\n%s", secret, shown)
		}
		if !slices.Contains(c.Secrets(), secret) {
			t.Errorf("%q is not known: %q", secret, c.Secrets())
		}
	}
	for _, open := range []string{"in the open", `env("HYBRID_TSIG")`, "fe01.contoso.com"} {
		if !strings.Contains(shown, open) || slices.Contains(c.Secrets(), open) {
			t.Errorf("%q is hidden:\n%s", open, shown)
		}
	}
	for _, n := range c.Nodes {
		if strings.Contains(n.Source, "whisper") || !strings.Contains(n.Source, "sensitive(") {
			t.Errorf("the source of %s: %s", n.Address, n.Source)
		}
	}
}

// What cannot be read to its end is blotted out by the names that stand in its lines; what stands outside of blocks is a file
// of variables that somebody has put among the configuration; and in JSON by the names, however the rest is
// spelled.
func TestSecretsInFilesThatAreNotWhatTheyShouldBe(t *testing.T) {
	t.Parallel()
	for name, archive := range map[string]string{
		"torn":                         "provider \"skype\" {\n  hosts = [\"a\"]\n  password = \"hunter-22\n}\n",
		"outside":                      "password = \"hunter-22\"\n",
		"JSON":                         "-- main.hcl.json --\n{\"provider\": {\"skype\": {\"hosts\": [\"a\"], \"password\": \"hunter-22\"}}}\n",
		"a heredoc":                    "provider \"skype\" {\n  hosts = [\"a\"]\n  password = <<END\nhunter-22\nEND\n}\n",
		"a journal's address":          "hybrid {\n  journal = \"azblob://user:hunter-22@runs\"\n}\n",
		"a journal's signature":        "hybrid {\n  journal = \"azblob://runs?sig=hunter-22\"\n}\n",
		"a journal's address in parts": "hybrid {\n  journal = \"s3://${lower(\"AKIA\")}:hunter-22@runs\"\n}\n",
		"a journal's address, torn":    "hybrid {\n  journal = \"s3://AKIA:hunter-22@runs\n}\n",
		"a journal's address, in JSON": "-- main.hcl.json --\n{\"hybrid\": {\"journal\": \"s3://AKIA:hunter-22@runs\"}}\n",
		"JSON, in another spelling":    "-- main.hcl.json --\n{\"provider\": {\"skype\": {\"hosts\": [\"a\"], \"password\": \"\\u0068unter-22\"}}}\n",
		"JSON, with an escaped quote":  "-- main.hcl.json --\n{\"provider\": {\"skype\": {\"hosts\": [\"a\"], \"password\": \"\\/\\\"hunter-22$${\"}}}\n",
		"JSON, a short one":            "-- main.hcl.json --\n{\"provider\": {\"skype\": {\"hosts\": [\"a\"], \"password\": \"4z7\"}}}\n",
		"JSON, a list":                 "-- main.hcl.json --\n{\"provider\": {\"skype\": {\"hosts\": [\"a\"], \"password\": [\"\\u0068unter-22\", 4711]}}}\n",
		"JSON, torn":                   "-- main.hcl.json --\n{\"provider\": {\"skype\": {\"hosts\": [\"a\"], \"password\": \"hunter-22\" \"x\"}}\n",
		"JSON, a variable's default":   "-- main.hcl.json --\n{\"variable\": {\"key\": {\"sensitive\": true, \"default\": \"\\u0068unter-22\"}}}\n",
		"a list":                       "provider \"skype\" {\n  hosts = [\"a\"]\n  password = [\"hunter-22\", 4711]\n}\n",
	} {
		c, diags := Load(write(t, archive), testOptions())
		if strings.Contains(diags.Error(), "hunter-22") || !diags.HasErrors() && strings.Contains(name, "address") {
			t.Errorf("%s: %v", name, diags)
		}
		for file, src := range c.Sources {
			for _, secret := range []string{"unter-22", "4711", "4z7"} {
				if strings.Contains(string(src), secret) {
					t.Errorf("%s: %s shows it:\n%s", name, file, src)
				}
			}
		}
	}
}
