<?php
// Programs in PHP, each with a mistake that people make. One line for each request.
const KEY = 'dpf43f3p2l4k3l03nnnn', SECRET = 'kd94hf93k+423/kf44A=';
const TOKEN = 'nnch734d00sl2jdkpppp', TOKEN_SECRET = 'pfkkdhi9sl3r/4s00+Q=';

function send(string $name, string $expected, array $o = []): void {
    $o += ['enc' => 'rawurlencode', 'encoder' => 'rawurlencode', 'server' => 'php', 'method' => 'POST', 'url' => 'http://api.example.com/wp-json/wc/v3/orders?status=on-hold',
        'form' => ['note' => 'Paid ~ 10 € (cash)', 'customer' => '12'], 'more' => [], 'drop' => [], 'oauth' => [], 'legs' => 3, 'comment' => '', 'type' => 'application/x-www-form-urlencoded', 'raw' => false];
    $enc = $o['enc'];
    $oauth = $o['oauth'] + ['oauth_consumer_key' => KEY, 'oauth_nonce' => bin2hex(random_bytes(8)), 'oauth_signature_method' => 'HMAC-SHA1', 'oauth_timestamp' => (string) time(), 'oauth_token' => TOKEN, 'oauth_version' => '1.0'];
    if ($o['legs'] == 2) unset($oauth['oauth_token']);
    [$base] = explode('?', $o['url']);
    parse_str(parse_url($o['url'], PHP_URL_QUERY) ?? '', $query);
    $all = array_diff_key($o['more'] + $oauth + $o['form'] + $query, array_flip($o['drop']));
    if (isset($o['query'])) {
        $string = $o['query']($all);
    } else {
        isset($o['sort']) ? $o['sort']($all) : uksort($all, 'strcmp');
        $pairs = [];
        foreach ($all as $k => $v) foreach ((array) $v as $one) $pairs[] = $enc($k) . '=' . $enc($one);
        $string = implode('&', $pairs);
    }
    $text = $o['method'] . '&' . $enc($o['signUrl'] ?? $base) . '&' . ($o['joint'] ?? $enc)($string);
    $key = $o['key'] ?? rawurlencode(SECRET) . '&' . ($o['legs'] == 2 ? '' : rawurlencode(TOKEN_SECRET));
    $signature = isset($o['mac']) ? $o['mac']($text, $key) : base64_encode(hash_hmac('sha1', $text, $key, true));
    $header = [];
    foreach ($oauth + ['oauth_signature' => $signature] as $k => $v) $header[] = $k . '="' . ($o['raw'] ? $v : rawurlencode($v)) . '"';
    $body = $o['body'] ?? http_build_query($o['form'], '', '&', PHP_QUERY_RFC3986);
    echo implode("\t", ["php-$name", $o['legs'], $expected, $o['encoder'], $o['server'], $o['method'], $o['url'], 'OAuth ' . implode(', ', $header), $o['form'] || isset($o['body']) ? $o['type'] : '', base64_encode($body), $o['comment']]), "\n";
}

$urlencode = ['enc' => 'urlencode', 'encoder' => 'urlencode'];
send('urlencode', 'form-encoder', $urlencode);
send('urlencode-no-tilde', 'space-as-plus', $urlencode + ['form' => ['note' => 'one two', 'x' => '1'], 'server' => 'oauthlib']);
send('http-build-query', 'form-encoder', ['encoder' => 'http_build_query', 'query' => function ($all) { ksort($all); return http_build_query($all); }, 'comment' => 'http_build_query, and rawurlencode of its result']);
send('hmac-not-raw', 'hexadecimal-in-base64', ['mac' => fn($t, $k) => base64_encode(hash_hmac('sha1', $t, $k)), 'encoder' => 'hash_hmac', 'server' => 'node', 'comment' => 'hash_hmac without its last argument']);
send('hmac-hex', 'signature-in-hexadecimal', ['mac' => fn($t, $k) => hash_hmac('sha1', $t, $k), 'server' => 'oauthlib']);
send('natural-order', 'sorted-naturally', ['sort' => fn(&$a) => uksort($a, 'strnatcmp'), 'form' => ['item10' => 'a', 'item9' => 'b'], 'comment' => 'strnatcmp: item9 before item10', 'encoder' => 'strnatcmp']);
send('asort', 'sorted-by-value', ['sort' => fn(&$a) => asort($a), 'server' => 'ruby', 'comment' => 'asort sorts by value']);
send('natcasesort', 'sorted-ignoring-case', ['sort' => fn(&$a) => uksort($a, 'strcasecmp'), 'form' => ['Xyz' => '1', 'abc' => '2'], 'server' => 'authlib']);
send('utf8-encode', 'another-charset', ['enc' => fn($s) => rawurlencode(@utf8_encode($s)), 'form' => ['city' => 'Zürich'], 'encoder' => 'utf8_encode', 'server' => 'oauthlib', 'comment' => 'utf8_encode of what is UTF-8 already']);
send('utf8-decode', 'another-charset', ['enc' => fn($s) => rawurlencode(@utf8_decode($s)), 'form' => ['city' => 'Zürich'], 'encoder' => 'utf8_decode', 'server' => 'authlib']);
send('multipart', 'body-signed-as-form', ['form' => ['note' => 'hello', 'customer' => '12'], 'type' => 'multipart/form-data; boundary=------------------------d74496d66958873e',
    'body' => "--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name=\"customer\"\r\n\r\n12\r\n--------------------------d74496d66958873e--\r\n",
    'comment' => 'CURLOPT_POSTFIELDS with an array sends multipart', 'server' => 'oauthlib']);
send('realm-in-params', 'unsent-parameter-signed', ['legs' => 2, 'more' => ['oauth_token' => ''], 'server' => 'oauthlib', 'comment' => 'an empty oauth_token is signed and not sent']);
send('query-once', 'encoded-once', ['query' => function ($all) { ksort($all); $p = []; foreach ($all as $k => $v) $p[] = "$k=$v"; return implode('&', $p); }, 'server' => 'node', 'comment' => 'implode without encoding the values']);
send('joint-missing', 'parameters-not-encoded', ['joint' => fn($s) => $s, 'server' => 'ruby']);
send('token-secret-forgotten', 'token-secret-left-out', ['key' => rawurlencode(SECRET) . '&', 'server' => 'authlib']);
send('callback-twice', 'encoded-three-times', ['legs' => 2, 'form' => [], 'oauth' => ['oauth_callback' => 'http://app.example.org/cb?x=1'], 'query' => function ($all) { $all['oauth_callback'] = rawurlencode($all['oauth_callback']); ksort($all); return http_build_query($all, '', '&', PHP_QUERY_RFC3986); }, 'url' => 'http://api.example.com/oauth/request_token', 'server' => 'node', 'comment' => 'the callback encoded before it was signed']);
send('callback-sent-twice', 'encoded-once', ['legs' => 2, 'form' => [], 'oauth' => ['oauth_callback' => rawurlencode('http://app.example.org/cb?x=1')], 'more' => ['oauth_callback' => 'http://app.example.org/cb?x=1'], 'url' => 'http://api.example.com/oauth/request_token', 'server' => 'node', 'comment' => 'the callback encoded before it was sent']);
send('microtime', 'timestamp-malformed', ['oauth' => ['oauth_timestamp' => (string) microtime(true)], 'server' => 'authlib']);
send('html-ampersands', 'ampersands-of-html', ['query' => function ($all) { ksort($all); return http_build_query($all, '', '&amp;', PHP_QUERY_RFC3986); }, 'server' => 'oauthlib', 'comment' => 'arg_separator.output is &amp;']);
send('array-indices', 'arrays-renamed', ['form' => ['ids' => ['5', '6']], 'body' => 'ids%5B0%5D=5&ids%5B1%5D=6', 'server' => 'node', 'comment' => 'http_build_query sends ids[0], and ids was signed']);
send('consumer-key-as-secret', 'identifier-as-secret', ['key' => rawurlencode(KEY) . '&' . rawurlencode(TOKEN_SECRET), 'server' => 'oauthlib']);
send('sha1-without-key', 'hash-instead-of-hmac', ['mac' => fn($t, $k) => base64_encode(sha1($t . $k, true)), 'server' => 'oauthlib', 'comment' => 'a hash of text and key is no HMAC']);
send('sha1-key-first', 'hash-instead-of-hmac', ['mac' => fn($t, $k) => base64_encode(sha1($k . $t, true)), 'server' => 'node']);
send('used-nonce', 'nonce-used', ['oauth' => ['oauth_nonce' => 'usednonce'], 'comment' => 'a nonce that does not change']);
send('old-time', 'clock-off', ['oauth' => ['oauth_timestamp' => (string) (time() - 7200)], 'comment' => 'a clock in another time zone']);
send('unknown-key', 'client-unknown', ['oauth' => ['oauth_consumer_key' => 'sandboxkey0000000000'], 'comment' => "the sandbox's key"]);
send('revoked-token', 'token-revoked', ['oauth' => ['oauth_token' => 'revokedtoken'], 'comment' => 'a token that the user revoked']);
send('empty-dropped', 'empty-values-left-out', ['form' => ['a' => '', 'b' => 'x'], 'drop' => ['a'], 'server' => 'oauthlib', 'encoder' => 'array_filter']);
send('wc-https', 'other-scheme-signed', ['url' => 'https://api.example.com/wp-json/wc/v3/orders', 'signUrl' => 'http://api.example.com/wp-json/wc/v3/orders', 'server' => 'authlib']);
send('pair-urlencode-and-hex', 'form-encoder,hexadecimal-in-base64', $urlencode + ['mac' => fn($t, $k) => base64_encode(hash_hmac('sha1', $t, $k))]);
// one encoder for everything, the secrets too
const PHRASE = "it's (my) ~secret!";
$everywhere = $urlencode + ['oauth' => ['oauth_consumer_key' => 'phrase3p2l4k3l03nnnn'], 'key' => urlencode(PHRASE) . '&' . urlencode(TOKEN_SECRET), 'server' => 'node'];
send('urlencode-everywhere', 'form-encoder', $everywhere);
send('pair-urlencode-everywhere-and-https', 'form-encoder,other-scheme-signed', $everywhere + ['signUrl' => 'https://api.example.com/wp-json/wc/v3/orders']);
send('pair-query-and-secret', 'query-left-out,token-secret-left-out', ['drop' => ['status'], 'key' => rawurlencode(SECRET) . '&', 'server' => 'oauthlib']);
send('control-hand', 'right');
send('control-oauthlib', 'right', ['server' => 'oauthlib']);
send('control-limited', 'right', ['server' => 'authlib', 'url' => 'http://api.example.com/limited/orders']);
send('control-unknown-secret', 'unknown', ['oauth' => ['oauth_consumer_key' => 'renewed3p2l4k3l03nnn'], 'server' => 'authlib', 'comment' => "the client's secret was renewed on the server's side"]);
send('control-unknown-secret-oauthlib', 'unknown', ['oauth' => ['oauth_consumer_key' => 'renewed3p2l4k3l03nnn'], 'server' => 'oauthlib', 'comment' => "the client's secret was renewed on the server's side"]);
// PECL's client
$client = new OAuth(KEY, SECRET, OAUTH_SIG_METHOD_HMACSHA1, OAUTH_AUTH_TYPE_AUTHORIZATION);
$client->setToken(TOKEN, TOKEN_SECRET);
foreach ([['control-pecl', 'right', 'php', 'orders?status=on-hold&a=%20~'], ['control-pecl-forbidden', 'right', 'node', 'forbidden/x?b=1'], ['control-pecl-ruby', 'right', 'ruby', 'x?b=%2B']] as [$name, $expected, $server, $path]) {
    $url = "http://api.example.com/$path";
    echo implode("\t", ["php-$name", 3, $expected, 'PECL OAuth', $server, 'GET', $url, $client->getRequestHeader('GET', $url), '', '', '']), "\n";
}
