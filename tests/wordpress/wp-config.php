<?php
// The test's WordPress: its own database behind a socket, its own address, nothing from outside.
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('WORDPRESS_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');

define('WP_HOME', getenv('WORDPRESS_HOME'));
define('WP_SITEURL', WP_HOME);
define('WP_HTTP_BLOCK_EXTERNAL', true);  // it would ask its makers for updates
define('DISABLE_WP_CRON', true);  // it would ask itself, and this server answers one at a time

$table_prefix = 'wp_';
require_once ABSPATH . 'wp-settings.php';
