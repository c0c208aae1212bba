<?php
// PHP's built-in server asks this first. Files that are there it serves itself, WordPress the rest;
// its own log leaves out what WordPress answers, so that is written here.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file(__DIR__ . $path)) {
    return false;
}
register_shutdown_function(
    fn() => error_log('answered ' . http_response_code() . ' ' . $_SERVER['REQUEST_URI'])
);
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
require __DIR__ . '/index.php';
