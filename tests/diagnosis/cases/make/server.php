<?php
// PECL's OAuthProvider behind `php -S`. It reports a problem in its own words, with its base string.
$clients = ['dpf43f3p2l4k3l03nnnn' => 'kd94hf93k+423/kf44A=', 'renewed3p2l4k3l03nnn' => 'aQ7+renewed/Zk18fK9='];
try {
    $provider = new OAuthProvider();
    $provider->consumerHandler(function ($p) use ($clients) {
        if (!isset($clients[$p->consumer_key])) return OAUTH_CONSUMER_KEY_UNKNOWN;
        $p->consumer_secret = rawurlencode($clients[$p->consumer_key]);  // it joins the secrets as they are
        return OAUTH_OK;
    });
    $provider->timestampNonceHandler(function ($p) {
        if (abs(time() - (int) $p->timestamp) > 300) return OAUTH_BAD_TIMESTAMP;
        return $p->nonce === 'usednonce' ? OAUTH_BAD_NONCE : OAUTH_OK;
    });
    $provider->tokenHandler(function ($p) {
        if ($p->token !== 'nnch734d00sl2jdkpppp') return $p->token === 'revokedtoken' ? OAUTH_TOKEN_REVOKED : OAUTH_TOKEN_REJECTED;
        $p->token_secret = rawurlencode('pfkkdhi9sl3r/4s00+Q=');
        return OAUTH_OK;
    });
    $scheme = $_SERVER['HTTP_X_FORWARDED_PROTO'] ?? 'http';
    $provider->checkOAuthRequest($scheme . '://' . $_SERVER['HTTP_HOST'] . $_SERVER['REQUEST_URI'], $_SERVER['REQUEST_METHOD']);
    echo 'welcome';
} catch (OAuthException $problem) {
    http_response_code($problem->getCode() ?: 401);
    echo OAuthProvider::reportProblem($problem);
}
