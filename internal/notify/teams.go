package notify

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// teams posts the message as an adaptive card, in the form that the workflow "Post to a channel when a webhook request is
// received" takes (learn.microsoft.com, "Create incoming webhooks with Workflows for Microsoft Teams"). Workflows check no
// signature: their URL is the secret.
func (t *Target) teams(ctx context.Context, m Message) error {
	body, err := json.Marshal(card(m))
	if err != nil {
		return err
	}
	return t.post(ctx, body, http.Header{})
}

// element is an object of the schema of adaptive cards (adaptivecards.io/schemas/adaptive-card.json).
type element = map[string]any

// card is a message with one adaptive card. What others have written stands in text runs, which know no Markdown: a name
// must not become a link.
func card(m Message) element {
	body := []element{run(m.title(), true)}
	for _, f := range m.facts() {
		body = append(body, run(f.name+": "+f.value, false))
	}
	if lines := m.lines(); len(lines) > 0 {
		body = append(body, run(strings.Join(lines, "\n"), false))
	}
	return element{
		"type": "message",
		"attachments": []element{{
			"contentType": "application/vnd.microsoft.card.adaptive",
			"contentUrl":  nil,
			"content": element{
				"$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
				"type":    "AdaptiveCard",
				"version": "1.4",
				"body":    body,
			},
		}},
	}
}

// run is a paragraph.
func run(text string, bold bool) element {
	part := element{"type": "TextRun", "text": text}
	if bold {
		part["weight"] = "Bolder"
	}
	return element{"type": "RichTextBlock", "inlines": []element{part}}
}
