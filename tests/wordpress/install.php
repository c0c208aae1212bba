<?php
// Installs WordPress and inserts posts: `php install.php 5`. In: the posts as JSON. Out: their
// addresses as JSON. A page in the menu links the first five posts by number as well.
define('WP_INSTALLING', true);

function wp_new_blog_notification() {}  // it would send mail

$connection = new mysqli('localhost', 'root', '', '', 0, getenv('WORDPRESS_SOCKET'));
$connection->query('CREATE DATABASE wordpress CHARACTER SET utf8mb4');

require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Phường Mẫu (trang mẫu)', 'bientap', 'x@example.vn', true, '', wp_generate_password());
switch_theme('twentytwentythree');

$options = [
    'timezone_string' => 'Asia/Ho_Chi_Minh',
    'date_format' => 'd/m/Y',
    'time_format' => 'H:i',
    'permalink_structure' => '/%postname%/',
    'posts_per_page' => 10,
    'posts_per_rss' => 200,  // Settings, Reading: "Syndication feeds show the most recent" (10)
    'default_comment_status' => 'closed',
    'default_ping_status' => 'closed',
];
array_map('update_option', array_keys($options), $options);
$wp_rewrite->init();

$samples = ['post_type' => ['post', 'page'], 'post_status' => 'any', 'numberposts' => -1];
foreach (get_posts($samples) as $sample) {
    wp_delete_post($sample->ID, true);
}

function insert(array $fields): int {
    $made = wp_insert_post(wp_slash($fields + ['post_status' => 'publish', 'post_author' => 1]), true);
    if (is_wp_error($made)) {
        throw new Exception($made->get_error_message());
    }
    return $made;
}

$made = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $post) {
    $made[] = insert([
        'post_title' => $post['title'],
        'post_content' => $post['content'],
        'post_date' => $post['date'],
        'post_category' => [get_cat_ID($post['category']) ?: wp_create_category($post['category'])],
    ]);
}

// Old links by number, as portals have them in their menus: the server redirects to the permalink.
$items = array_map(
    fn($id) => "<li><a href=\"/?p=$id\">Bài mẫu cũ $id</a></li>",
    array_slice($made, 0, (int) $argv[1])
);
insert([
    'post_type' => 'page',
    'post_title' => 'Liên kết cũ',
    'post_content' => '<ul>' . implode('', $items) . '</ul>',
]);

flush_rewrite_rules();
echo json_encode(array_map('get_permalink', $made));
