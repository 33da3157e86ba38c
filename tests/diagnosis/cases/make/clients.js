// Programs in JavaScript, each with a mistake that people make. One line for each request.
const crypto = require('crypto'), qs = require('querystring');
const KEY = 'dpf43f3p2l4k3l03nnnn', SECRET = 'kd94hf93k+423/kf44A=';
const TOKEN = 'nnch734d00sl2jdkpppp', TOKEN_SECRET = 'pfkkdhi9sl3r/4s00+Q=';
const UPDATE = 'http://api.example.com/1/statuses/update.json?include_entities=true';
const SEARCH = "http://api.example.com/1/search.json?q=don't%20stop!%20(now)&lang=en";
const STATUS = {status: "Hello Ladies + Gentlemen, it's a signed request!", lat: '37.7821'};
const FORM = 'application/x-www-form-urlencoded';
const strict = s => encodeURIComponent(s).replace(/[!'()*]/g, c => '%' + c.charCodeAt(0).toString(16).toUpperCase());

function send(name, expected, o) {
  const given = o;
  o = Object.assign({encoder: 'encodeURIComponent', server: 'node', method: 'POST', url: UPDATE, form: STATUS, comment: ''}, o);
  const enc = o.enc || strict;
  const oauth = Object.assign({oauth_consumer_key: KEY, oauth_nonce: crypto.randomBytes(8).toString('hex'),
    oauth_signature_method: 'HMAC-SHA1', oauth_timestamp: String(Math.floor(Date.now() / 1000)), oauth_token: TOKEN, oauth_version: '1.0'}, o.oauth);
  if (o.legs === 2) delete oauth.oauth_token;
  const [base, query] = o.url.split('?');
  const form = o.form ? o.body !== undefined ? o.body : qs.stringify(o.form).replace(/!/g, '%21') : o.body || '';
  let params = Object.assign({}, o.noQuery ? {} : qs.parse((query || '').split('#')[0]), o.noForm ? {} : o.form, o.more, oauth);
  if (o.change) params = o.change(params);
  const pairs = (o.order || (list => list.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : 1))))(
    [].concat(...Object.keys(params).map(k => [].concat(params[k]).map(v => [enc(k), enc(v)]))));
  const string = o.base ? o.base(base, pairs, oauth) :
    [o.signMethod || o.method, enc(o.signUrl || base), enc(pairs.map(p => p.join('=')).join('&'))].join('&');
  const key = o.key || strict(SECRET) + '&' + (o.legs === 2 ? '' : strict(TOKEN_SECRET));
  const mac = crypto.createHmac(o.hash || 'sha1', key).update(string);
  const signature = o.digest ? o.digest(mac) : mac.digest('base64');
  if (o.until && !o.until.test(signature)) return send(name, expected, given);
  const header = 'OAuth ' + (o.realm ? 'realm="' + o.realm + '", ' : '') + Object.keys(oauth).map(k => k + '="' + strict(oauth[k]) + '"').join(', ')
    + ', oauth_signature="' + (o.rawSignature ? signature : strict(signature)) + '"';
  line(name, expected, o, o.url, header, o.type !== undefined ? o.type : o.form ? FORM : '', form);
}

function line(name, expected, o, url, header, type, body) {
  console.log(['javascript-' + name, o.legs || 3, expected, o.encoder, o.server, o.method, url, header, type, Buffer.from(body).toString('base64'), o.comment || ''].join('\t'));
}

send('encode-uri-component', 'reserved-left-unencoded', {enc: encodeURIComponent, comment: "encodeURIComponent leaves !*'() as they are"});
send('encode-uri-component-in-query', 'reserved-left-unencoded', {enc: encodeURIComponent, method: 'GET', url: SEARCH, form: null, server: 'ruby'});
send('escape', 'javascript-escape', {enc: escape, encoder: 'escape', form: {path: 'a/b@c', t: 'plain'}, comment: 'the old escape() leaves @*_+-./'});
send('escape-of-unicode', 'javascript-escape', {enc: escape, encoder: 'escape', form: {city: 'Zürich ~', price: '5 €'}, server: 'oauthlib', comment: 'escape() writes %FC, %7E and %u20AC'});
send('encode-uri', 'separators-left-unencoded', {enc: encodeURI, encoder: 'encodeURI', form: {status: 'a,b;c:d'}, comment: 'encodeURI leaves every separator, also in the parts'});
send('crypto-js-hex', 'signature-in-hexadecimal', {digest: m => m.digest('hex'), encoder: 'CryptoJS toString()', server: 'oauthlib', comment: 'CryptoJS.HmacSHA1(...).toString() is hexadecimal'});
send('base64-of-hex', 'hexadecimal-in-base64', {digest: m => Buffer.from(m.digest('hex')).toString('base64'), encoder: 'btoa', server: 'authlib'});
send('date-now', 'timestamp-in-milliseconds', {oauth: {oauth_timestamp: String(Date.now())}, server: 'php'});
send('sorted-joined', 'sorted-joined', {form: {a: '1', 'a-b': '2', 'a!': '3'}, order: l => l.map(p => p.join('=')).sort().map(t => t.split('=')), comment: 'default sort of joined strings'});
send('locale-compare', 'sorted-ignoring-case', {form: {Zeta: '1', alpha: '2'}, order: l => l.sort((a, b) => a[0].localeCompare(b[0])), server: 'ruby'});
send('object-order', 'unsorted', {order: l => l, server: 'php', comment: 'Object.keys in the order of insertion'});
send('json-members', 'json-signed-as-parameters', {form: null, body: JSON.stringify({name: 'Ann', age: 3}), more: {name: 'Ann', age: '3'}, type: 'application/json', server: 'authlib'});
send('no-ampersand', 'key-without-ampersand', {legs: 2, key: strict(SECRET), server: 'oauthlib', comment: 'two-legged, the trailing & left out'});
send('base64url', 'signature-in-url-base64', {digest: m => m.digest('base64url').padEnd(28, '='), until: /[-_]/, server: 'node', encoder: 'base64url'});
send('sha256-labelled-sha1', 'signed-with', {hash: 'sha256', server: 'oauthlib'});
send('url-with-query', 'query-in-uri', {signUrl: SEARCH.replace("don't%20stop!%20(now)", 'cats'), url: SEARCH.replace("don't%20stop!%20(now)", 'cats'), method: 'GET', form: null, server: 'authlib'});
send('query-ignored', 'query-left-out', {noQuery: true, server: 'php', comment: 'oauth-1.0a with the URL cut at "?"'});
send('form-ignored', 'form-left-out', {noForm: true, server: 'php', comment: 'fetch(url, {body: new URLSearchParams(...)}) signed as if it had no body'});
send('raw-signature', 'signature-not-encoded', {rawSignature: true, until: /[+]/, server: 'authlib', comment: "in a header '+' stays a plus sign for most servers, but not for this one"});
send('method-lower-case', 'method-not-in-capitals', {signMethod: 'post', server: 'ruby', comment: "axios' config.method is 'post'"});
send('form-as-json-type', 'body-signed-as-form', {type: 'text/plain;charset=UTF-8', server: 'oauthlib', comment: 'fetch without a content type'});
send('fetch-no-type', 'body-signed-as-form', {type: '', server: 'authlib', form: {a: '1', b: 'two'}});
send('array-brackets', 'arrays-renamed', {form: {ids: ['1', '2']}, body: 'ids%5B%5D=1&ids%5B%5D=2', server: 'node', comment: 'qs adds [] when it sends'});
send('encoded-thrice', 'encoded-three-times', {change: p => Object.fromEntries(Object.entries(p).map(([k, v]) => [k, strict(v)])), server: 'node', comment: 'values encoded, and then encoded by the library again'});
send('space-trimmed', 'white-space-stripped', {form: {status: ' hello '}, change: p => Object.assign(p, {status: p.status.trim()}), server: 'ruby'});
send('crlf', 'line-ends-changed', {form: {text: 'one\r\ntwo'}, change: p => Object.assign(p, {text: p.text.replace(/\r\n/g, '\n')}), server: 'php', comment: 'a textarea: the browser sends CR LF'});
send('undefined-token-secret', 'nothing-as-token-secret', {key: strict(SECRET) + '&undefined', server: 'node', comment: "'&' + undefined: the text undefined as the token secret"});
send('signed-undefined', 'unknown', {more: {undefined: 'undefined'}, server: 'node', comment: 'a parameter of the program that nobody sent'});
send('trailing-ampersand', 'ampersand-too-many', {base: (b, p) => ['POST', strict(b), strict(p.map(x => x.join('=') + '&').join(''))].join('&'), comment: "every pair gets its '&', and the last one is not cut off"});
send('leading-ampersand', 'ampersand-too-many', {base: (b, p) => ['POST', strict(b), strict(p.map(x => '&' + x.join('=')).join(''))].join('&'), server: 'oauthlib'});
send('stamped-twice', 'another-timestamp-signed', {change: p => Object.assign(p, {oauth_timestamp: String(+p.oauth_timestamp + 1)}), server: 'ruby', comment: 'Date.now() is called once for the signature and once for the header'});
send('nonce-twice', 'unknown', {change: p => Object.assign(p, {oauth_nonce: 'another'}), comment: 'one nonce is signed and another sent'});
send('double-key', 'secrets-encoded-twice', {key: strict(strict(SECRET)) + '&' + strict(strict(TOKEN_SECRET)), server: 'ruby'});
send('key-encoded-whole', 'key-encoded-whole', {key: strict(SECRET + '&' + TOKEN_SECRET), server: 'authlib'});
send('www', 'other-host-signed', {signUrl: 'http://www.api.example.com/1/statuses/update.json', comment: 'another host of the same server is signed'});
send('callback-signed-only', 'unsent-parameter-signed', {more: {oauth_callback: 'oob'}, server: 'authlib'});
send('path-lower', 'path-normalized', {url: 'http://api.example.com/V1/Users', signUrl: 'http://api.example.com/v1/users', server: 'oauthlib'});
send('pair-only-protocol', 'query-left-out,form-left-out', {noForm: true, noQuery: true, server: 'oauthlib', comment: 'only the protocol parameters are signed'});
// pairs
send('pair-form-and-hex', 'form-left-out,signature-in-hexadecimal', {noForm: true, digest: m => m.digest('hex'), server: 'oauthlib'});
send('pair-encoder-and-token-secret', 'reserved-left-unencoded,token-secret-left-out', {enc: encodeURIComponent, key: strict(SECRET) + '&', server: 'authlib'});
send('pair-query-and-unsorted', 'query-left-out,unsorted', {noQuery: true, order: l => l, server: 'oauthlib'});
// one encoder for everything, the secrets too
const everywhere = {enc: encodeURIComponent, oauth: {oauth_consumer_key: 'phrase3p2l4k3l03nnnn'},
  key: encodeURIComponent("it's (my) ~secret!") + '&' + encodeURIComponent(TOKEN_SECRET)};
send('encode-uri-component-everywhere', 'reserved-left-unencoded', everywhere);
send('pair-encode-uri-component-everywhere-and-query', 'reserved-left-unencoded,query-left-out', {...everywhere, noQuery: true});
send('escape-everywhere', 'javascript-escape', {...everywhere, enc: escape, encoder: 'escape', form: {city: 'Zürich ~'}, key: escape("it's (my) ~secret!") + '&' + escape(TOKEN_SECRET)});
// controls: what others' libraries sign
const OAuth1a = require('oauth-1.0a');
const library = OAuth1a({consumer: {key: KEY, secret: SECRET}, signature_method: 'HMAC-SHA1', hash_function: (b, k) => crypto.createHmac('sha1', k).update(b).digest('base64')});
function control(name, expected, o) {
  o = Object.assign({encoder: 'oauth-1.0a', server: 'node', method: 'POST', url: UPDATE, form: STATUS}, o);
  const data = o.shared ? o.form : Object.assign({}, o.form);
  const signed = library.authorize({url: o.url, method: o.method, data}, o.legs === 2 ? undefined : {key: TOKEN, secret: TOKEN_SECRET});
  const sent = o.shared ? data : o.form;
  const body = o.form ? Object.keys(sent).map(k => library.percentEncode(k) + '=' + library.percentEncode(sent[k])).join('&') : '';
  line((o.shared ? '' : 'control-') + name, expected, o, o.url, library.toHeader(signed).Authorization, o.form ? FORM : '', body);
}
control('oauth-1.0a', 'right', {});
control('oauth-1.0a-get', 'right', {method: 'GET', url: SEARCH, form: null, server: 'ruby'});
control('limited', 'right', {url: UPDATE.replace('/1/', '/limited/'), comment: '429'});
control('forbidden', 'right', {url: UPDATE.replace('/1/', '/forbidden/'), comment: '403'});
control('invalid-field', 'right', {url: UPDATE.replace('/1/', '/invalid/'), comment: '422'});
control('broken', 'right', {url: UPDATE.replace('/1/', '/broken/'), comment: '500'});
control('two-legged', 'right', {legs: 2});
send('no-token', 'parameter-missing', {legs: 2, server: 'authlib', comment: 'a request for a resource without a token'});
control('oauthlib', 'right', {server: 'oauthlib'});
control('php', 'right', {server: 'php'});
control('data-mutated', 'same-names-collapsed', {shared: 1, form: Object.assign({}, STATUS), server: 'oauthlib', comment: 'the parameters of the query were added to the data that is sent'});
control('yours', 'right', {url: UPDATE.replace('/1/', '/yours/')});
send('renewed-yours', 'unknown', {oauth: {oauth_consumer_key: 'renewed3p2l4k3l03nnn'}, url: UPDATE.replace('/1/', '/yours/'), comment: "the secret was renewed; the server tells the signature that it expected"});
send('form-ignored-debug', 'form-left-out', {noForm: true, url: UPDATE.replace('/1/', '/debug/'), comment: 'the server tells its base string in JSON'});
send('stale-token', 'unknown', {oauth: {oauth_token: 'staletoken0000000000'}, server: 'oauthlib', comment: 'a token of another server, and a server that says nothing'});
send('stale-token-named', 'token-refused', {oauth: {oauth_token: 'staletoken0000000000'}, server: 'php'});
