// Programs in Go, each with a mistake that people make. One line for each request.
package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"sort"
	"strings"
	"time"
)

const (
	key, secret        = "dpf43f3p2l4k3l03nnnn", "kd94hf93k+423/kf44A="
	token, tokenSecret = "nnch734d00sl2jdkpppp", "pfkkdhi9sl3r/4s00+Q="
	form               = "application/x-www-form-urlencoded"
)

func strict(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

type options struct {
	enc                            func(string) string
	encoder, server, method, url   string
	signURL, key, signature, comment string
	timestamp, contentType         string
	form                           [][2]string
	noForm, byName, random, newline bool
	digest                         func([]byte) string
	legs                           int
}

func send(name, expected string, o options) {
	if o.enc == nil {
		o.enc = strict
	}
	if o.encoder == "" {
		o.encoder = "url.QueryEscape"
	}
	if o.method == "" {
		o.method = "POST"
	}
	if o.url == "" {
		o.url = "http://api.example.com/v1/notes?page=2&tag=go+lang"
	}
	if o.form == nil && o.method == "POST" {
		o.form = [][2]string{{"title", "Tom & Jerry"}, {"body", "50% off, today"}}
	}
	if o.timestamp == "" {
		o.timestamp = fmt.Sprint(time.Now().Unix())
	}
	if o.key == "" {
		o.key = strict(secret) + "&" + strict(tokenSecret)
	}
	oauth := [][2]string{{"oauth_consumer_key", key}, {"oauth_nonce", fmt.Sprint(time.Now().UnixNano())}, {"oauth_signature_method", "HMAC-SHA1"}, {"oauth_timestamp", o.timestamp}, {"oauth_token", token}}
	all := append([][2]string{}, oauth...)
	u, _ := url.Parse(o.url)
	for name, values := range u.Query() {
		for _, value := range values {
			all = append(all, [2]string{name, value})
		}
	}
	var body []string
	for _, pair := range o.form {
		body = append(body, strict(pair[0])+"="+strict(pair[1]))
		if !o.noForm {
			all = append(all, pair)
		}
	}
	for i := range all {
		all[i] = [2]string{o.enc(all[i][0]), o.enc(all[i][1])}
	}
	sort.SliceStable(all, func(i, j int) bool {
		if o.byName || all[i][0] != all[j][0] {
			return all[i][0] < all[j][0]
		}
		return all[i][1] < all[j][1]
	})
	if o.random {
		all[0], all[3], all[5] = all[5], all[0], all[3]
	}
	var joined []string
	for _, pair := range all {
		joined = append(joined, pair[0]+"="+pair[1])
	}
	base := u.Scheme + "://" + u.Host + u.EscapedPath()
	if o.signURL != "" {
		base = o.signURL
	}
	text := o.method + "&" + o.enc(base) + "&" + o.enc(strings.Join(joined, "&"))
	if o.newline {
		text = fmt.Sprintln(text)
	}
	mac := hmac.New(sha1.New, []byte(o.key))
	mac.Write([]byte(text))
	signature := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	if o.digest != nil {
		signature = o.digest(mac.Sum(nil))
	}
	var parts []string
	for _, pair := range append(oauth, [2]string{"oauth_signature", signature}) {
		parts = append(parts, pair[0]+"=\""+strict(pair[1])+"\"")
	}
	kind := ""
	if o.form != nil {
		kind = form
	}
	if o.contentType != "" {
		kind = o.contentType
	}
	fmt.Println(strings.Join([]string{"go-" + name, "3", expected, o.encoder, o.server, o.method, o.url, "OAuth " + strings.Join(parts, ", "), kind,
		base64.StdEncoding.EncodeToString([]byte(strings.Join(body, "&"))), o.comment}, "\t"))
}

func main() {
	send("query-escape", "space-as-plus", options{enc: url.QueryEscape, server: "oauthlib"})
	send("path-escape", "separators-left-unencoded", options{enc: url.PathEscape, encoder: "url.PathEscape", server: "node", comment: "url.PathEscape leaves $&+=:@ as they are",
		form: [][2]string{{"mail", "ann@example.com"}, {"when", "10:30"}}})
	send("unix-nano", "timestamp-in-milliseconds", options{timestamp: fmt.Sprint(time.Now().UnixMilli()), server: "oauthlib"})
	send("hex", "signature-in-hexadecimal", options{digest: hex.EncodeToString, encoder: "hex.EncodeToString", server: "ruby"})
	send("raw-encoding", "signature-without-padding", options{digest: base64.RawStdEncoding.EncodeToString, encoder: "base64.RawStdEncoding", server: "oauthlib"})
	send("hex-upper", "signature-in-hexadecimal", options{digest: func(b []byte) string { return fmt.Sprintf("%X", b) }, encoder: "%X", server: "php"})
	send("url-string", "query-in-uri", options{signURL: "http://api.example.com/v1/notes?page=2&tag=go+lang", server: "php", comment: "r.URL.String() has the query"})
	send("println", "line-end-signed", options{newline: true, server: "ruby"})
	send("default-port", "default-port-signed", options{signURL: "http://api.example.com:80/v1/notes", server: "authlib"})
	send("hostname", "port-left-out", options{url: "http://api.example.com:8080/v1/notes", signURL: "http://api.example.com/v1/notes", server: "node", comment: "u.Hostname() has no port"})
	send("path-decoded", "path-decoded", options{url: "http://api.example.com/v1/my%20notes", signURL: "http://api.example.com/v1/my notes", server: "oauthlib", comment: "u.Path is decoded"})
	send("request-uri", "path-alone-signed", options{url: "http://api.example.com/v1/notes", signURL: "/v1/notes", server: "ruby", comment: "on a server r.URL has no host"})
	send("by-name", "sorted-by-name-only", options{form: [][2]string{{"tag", "b"}, {"tag", "a"}, {"x", "1"}}, byName: true, server: "oauthlib", url: "http://api.example.com/v1/notes"})
	send("secret-alone", "key-without-ampersand", options{key: strict(secret) + strict(tokenSecret), server: "php"})
	send("upper-secret-key", "secrets-not-encoded", options{key: secret + "&" + tokenSecret, server: "node"})
	send("map-order", "unknown", options{random: true, server: "oauthlib", comment: "the order of a Go map, which is random and which the request does not show"})
	send("other-body", "unknown", options{digest: func(b []byte) string { return base64.StdEncoding.EncodeToString(b[:19]) }, server: "authlib", comment: "a buffer that is one byte too short"})
	send("pair-escape-and-port", "space-as-plus,port-left-out", options{enc: url.QueryEscape, url: "http://api.example.com:8080/v1/notes", signURL: "http://api.example.com/v1/notes", server: "oauthlib"})
	send("pair-hex-and-secrets", "signature-in-hexadecimal,secrets-not-encoded", options{digest: hex.EncodeToString, key: secret + "&" + tokenSecret, server: "authlib"})
	send("control-milliseconds", "right", options{timestamp: fmt.Sprint(time.Now().UnixMilli()), server: "authlib", comment: "a server that reads no time takes any"})
	send("control-hand", "right", options{server: "oauthlib"})
	send("control-authlib", "right", options{server: "authlib"})
	send("control-limited", "right", options{server: "authlib", url: "http://api.example.com/limited/notes"})
	send("control-get", "right", options{server: "node", method: "GET"})
	send("control-forbidden", "right", options{server: "ruby", url: "http://api.example.com/forbidden/notes"})
}
