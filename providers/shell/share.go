package shell

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

var share = regexp.MustCompile(`^(\d{1,9})(\.\d+)?(%?)$`)

// CheckShare accepts a number of users, or a percentage from 0% to 100%.
func CheckShare(v cty.Value) error {
	part := share.FindStringSubmatch(strings.TrimSpace(v.AsString()))
	if part != nil && part[3] == "" && part[2] == "" {
		return nil
	}
	if part != nil && part[3] == "%" {
		if percent, err := strconv.ParseFloat(part[1]+part[2], 64); err == nil && percent <= 100 {
			return nil
		}
	}
	return fmt.Errorf("%q is neither a number of users nor a part of them: write 5, or \"2%%\".", v.AsString())
}
